// What opens above the page: a message's menu, a select's options, a form.

import { $, h, icon, post } from "./dom.js";

const MESSAGE_MENU = 3;
const LABEL = 18, TEXT_INPUT = 4, SELECT = 3, TEXT = 10;

function place(x, y, width) {
  const popup = $("popup");
  popup.style.width = width ? `${width}px` : "";
  popup.showPopover();
  const box = popup.getBoundingClientRect();
  popup.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
  popup.style.top = `${Math.max(8, y + box.height > innerHeight - 8 ? y - box.height - 44 : y)}px`;
}

export function closePopup() {
  $("popup").hidePopover();
}

// Reply, Apps ▸ …, Copy
export function openMenu(message, x, y, commands, acts) {
  const item = (label, act, testid) => h("button", { type: "button", role: "menuitem", "data-testid": testid, onclick: () => { closePopup(); act(); } }, label);
  const apps = commands.filter((command) => command.type === MESSAGE_MENU);
  $("popup").replaceChildren(
    message.ephemeral ? item("Dismiss message", () => acts.dismiss(message)) : item("Reply", () => acts.reply(message)),
    item("Copy text", () => navigator.clipboard?.writeText(message.content)),
    ...(apps.length && !message.ephemeral ? [h("h4", {}, "Apps", icon("right")), ...apps.map((command) => item(command.label, () => acts.use(message, command), "menu-app"))] : []));
  place(x, y);
  $("popup").querySelector("button")?.focus();
}

// A select's options; with several values allowed they are collected until the list closes
export function openSelect(select, anchor, done) {
  const most = select.max_values ?? 1, least = select.min_values ?? 1;
  const picked = new Set(select.options.filter((option) => option.default).map((option) => option.value));
  const popup = $("popup");
  const send = () => { closePopup(); if (picked.size >= least) done([...picked]); };
  function pick(option) {
    if (most === 1) { picked.clear(); picked.add(option.value); return send(); }
    if (!picked.delete(option.value) && picked.size < most) picked.add(option.value);
    return draw();
  }
  function draw() {
    popup.replaceChildren(...select.options.map((option) => h("button", {
      type: "button", role: "menuitemcheckbox", "aria-checked": String(picked.has(option.value)), class: "option", "data-testid": "option", onclick: () => pick(option),
    }, option.emoji?.name ? h("span", { class: "emoji" }, option.emoji.name) : null,
      h("span", {}, h("b", {}, option.label), option.description ? h("small", {}, option.description) : null),
      most > 1 ? h("i", { class: "tick" }) : null)),
      ...(most > 1 ? [h("button", { type: "button", class: "done", onclick: send }, "Done")] : []));
  }
  draw();
  const box = anchor.getBoundingClientRect();
  place(box.left, box.bottom + 6, box.width);
}

// A form the bot showed; it closes when the bot took it in
export function openModal(modal, person, sent) {
  const dialog = $("modal");
  const values = {};
  const form = h("form", {
    method: "dialog",
    onsubmit: async (event) => {
      event.preventDefault();
      const posted = await post("/_sandbox/discord/submit", { person, modal: modal.id, values });
      if (posted) { dialog.close(); sent(posted, modal); }
    },
  }, h("h2", { id: "modal-title" }, modal.title), ...modal.components.map((row) => field(row, values)),
    h("footer", {}, h("button", { type: "button", class: "key secondary", onclick: () => dialog.close() }, "Cancel"), h("button", { class: "key primary", "data-testid": "modal-submit" }, "Submit")));
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  form.querySelector("input, textarea, select")?.focus();
}

function field(row, values) {
  if (row.type === TEXT) return h("p", {}, row.content);
  const input = row.type === LABEL ? row.component : row.components[0];
  const label = row.label ?? input.label;
  const required = input.required !== false;
  return h("label", {}, h("span", {}, label, required ? h("em", {}, " *") : null), row.description ? h("small", {}, row.description) : null, control(input, required, values));
}

function control(input, required, values) {
  const name = input.custom_id;
  if (input.type === SELECT) {
    const node = h("select", { name, required, onchange: (e) => { values[name] = [e.target.value]; } },
      h("option", { value: "" }, input.placeholder ?? "Make a selection"), ...input.options.map((option) => h("option", { value: option.value, selected: option.default }, option.label)));
    if (node.value) values[name] = [node.value];
    return node;
  }
  if (input.type !== TEXT_INPUT) return h("p", { class: "failed" }, "This window cannot show that field");
  const props = {
    name, required, placeholder: input.placeholder, minlength: input.min_length, maxlength: input.max_length ?? 4000, "data-testid": "modal-field",
    oninput: (e) => { values[name] = e.target.value; },
  };
  const node = input.style === 2 ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: "text" });
  node.value = input.value ?? "";
  values[name] = node.value;
  return node;
}
