// The composer: words and a file, or a command picked from a list with a field for every option.

import { $, h, icon, post, readFile } from "./dom.js";

const API = "/_sandbox/discord";
const SUB = 1, GROUP = 2, INTEGER = 4, BOOLEAN = 5, USER = 6, NUMBER = 10, FILE = 11, CHAT_INPUT = 1;
const ASK_AFTER = 160; // the pause in typing after which autocomplete asks

let world, sent;
let command = null; // the command being filled in: {name, options}
let fields = new Map(); // option name -> {option, value, shown}
let files = [], replyTo = null;
let offers = [], picked = 0, take = () => {};
let asked = null; // the autocomplete interaction whose choices are awaited

export function setupComposer(theWorld, onSent) {
  world = theWorld;
  sent = onSent;
  $("form").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  $("form").addEventListener("keydown", onKey);
  $("composer").addEventListener("input", () => { picked = 0; offerCommands(); resize(); });
  $("composer").addEventListener("paste", (event) => attach(event.clipboardData.files[0]));
  $("attach").addEventListener("click", () => $("file-input").click());
  $("file-input").addEventListener("change", async (event) => { await attach(event.target.files[0]); event.target.value = ""; });
}

export function resetComposer() {
  leave();
  files = [];
  replyTo = null;
  $("composer").value = "";
  $("composer").placeholder = `Message ${world.title()}`;
  drawContext();
  resize();
}

export function startReply(message) {
  replyTo = message;
  drawContext();
  $("composer").focus();
}

// Words and files

async function attach(file) {
  if (!file) return;
  files = [await readFile(file)];
  drawContext();
}

function drawContext() {
  const context = $("context");
  context.hidden = !files.length && !replyTo;
  if (!context.hidden) {
    const drop = () => { files = []; replyTo = null; drawContext(); };
    const [title, text] = files.length ? ["File", files[0].name] : ["Replying to", world.nameOf(replyTo.author)];
    const image = files[0]?.url.startsWith("data:image/") ? h("img", { src: files[0].url, alt: "" }) : null;
    context.replaceChildren(...[image, h("div", {}, h("b", {}, title), h("span", {}, text)), h("button", { type: "button", class: "icon", "aria-label": "Remove", onclick: drop }, icon("close"))].filter(Boolean));
  }
  resize();
}

async function submit() {
  if (command) return submitCommand();
  const text = $("composer").value;
  if (!text.trim() && !files.length) return null;
  const body = { person: world.person, channel: world.channel, text, files: files.map(({ name, content }) => ({ name, content })), reply_to: replyTo?.id };
  resetComposer();
  return post(`${API}/say`, body);
}

function resize() {
  const area = $("composer");
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
  $("send").disabled = !command && !area.value.trim() && !files.length;
}

// The list above the composer

function offer(list, node, onTake) {
  offers = list;
  take = onTake;
  picked = Math.min(picked, Math.max(list.length - 1, 0));
  const box = $("offers");
  box.hidden = list.length === 0;
  box.replaceChildren(...list.map((entry, i) => h("button", {
    type: "button", class: "command", role: "option", "aria-selected": String(i === picked), "data-testid": "offer",
    onmousedown: (e) => e.preventDefault(), onclick: () => onTake(entry),
  }, ...node(entry))));
  box.children[picked]?.scrollIntoView({ block: "nearest" });
}

const hideOffers = () => offer([], () => [], () => {});

function redrawOffers() {
  for (const [i, node] of [...$("offers").children].entries()) node.setAttribute("aria-selected", String(i === picked));
  $("offers").children[picked]?.scrollIntoView({ block: "nearest" });
}

// Every command with its subcommands spelled out
function leaves() {
  const found = [];
  const descend = (node, name, label) => {
    const inner = node.options.filter((option) => option.type === SUB || option.type === GROUP);
    if (inner.length) inner.forEach((option) => descend(option, `${name} ${option.name}`, `${label} ${option.label}`));
    else found.push({ name, label, description: node.description, options: node.options });
  };
  world.commands.filter((c) => c.type === CHAT_INPUT).forEach((c) => descend(c, c.name, c.label));
  return found;
}

function offerCommands() {
  const typed = $("composer").value;
  if (!typed.startsWith("/") || typed.includes("\n")) return hideOffers();
  const wanted = typed.slice(1).toLowerCase();
  const list = leaves().filter((c) => c.label.toLowerCase().includes(wanted) || c.name.includes(wanted));
  list.sort((a, b) => Number(b.label.startsWith(wanted)) - Number(a.label.startsWith(wanted)));
  return offer(list, (c) => [
    h("b", {}, `/${c.label}`), ...c.options.filter((o) => o.required).map((o) => h("em", {}, o.label)), h("span", {}, c.description), h("i", {}, world.nameOf("bot")),
  ], enter);
}

// A command being filled in

function enter(chosen) {
  command = chosen;
  fields = new Map();
  for (const option of chosen.options.filter((o) => o.required)) fields.set(option.name, { option, value: "" });
  hideOffers();
  $("composer").hidden = $("attach").hidden = true;
  $("slash").hidden = false;
  drawSlash();
  focusFirst();
}

function leave() {
  if (!command) return;
  command = null;
  hideOffers();
  $("composer").hidden = $("attach").hidden = false;
  $("slash").hidden = $("hint").hidden = true;
  $("composer").value = "";
  resize();
  $("composer").focus();
}

function focusFirst() {
  const empty = [...$("slash").querySelectorAll("input, select")].find((node) => !node.value);
  (empty ?? $("send")).focus();
}

function drawSlash() {
  const rest = command.options.filter((option) => !fields.has(option.name));
  $("slash").replaceChildren(h("b", {}, `/${command.label}`), ...[...fields.values()].map(chip),
    ...rest.map((option) => h("button", {
      type: "button", class: "add", title: option.description, "data-testid": `add-${option.name}`,
      onclick: () => { fields.set(option.name, { option, value: "" }); drawSlash(); $(`option-${option.name}`).focus(); },
    }, `+${option.label}`)));
  $("send").disabled = false;
}

function chip(entry) {
  const { option } = entry;
  const remove = () => { fields.delete(option.name); drawSlash(); };
  return h("label", { class: "chip", "data-testid": `option-${option.name}` }, h("span", {}, option.label), input(entry),
    option.required ? null : h("button", { type: "button", "aria-label": `Remove ${option.label}`, onclick: remove }, icon("close")));
}

function input(entry) {
  const { option } = entry;
  const props = { id: `option-${option.name}`, "aria-label": option.label, onfocus: () => hint(option), onblur: () => setTimeout(hideOffersUnlessFocused, 120) };
  const list = option.choices?.length ? option.choices.map((c) => [c.value, c.name]) : option.type === BOOLEAN ? [["true", "True"], ["false", "False"]]
    : option.type === USER ? [...world.people.values()].map((p) => [p.key, p.name]) : null;
  if (list) {
    const node = h("select", { ...props, onchange: (e) => { entry.value = e.target.value; } }, h("option", { value: "" }, "…"), ...list.map(([value, name]) => h("option", { value: String(value) }, name)));
    node.value = String(entry.value);
    return node;
  }
  if (option.type === FILE) {
    return h("input", { ...props, type: "file", accept: "image/*,video/*", onchange: async (e) => { entry.value = e.target.files[0] ? await readFile(e.target.files[0]) : ""; } });
  }
  const numeric = option.type === INTEGER || option.type === NUMBER;
  const node = h("input", {
    ...props, type: "text", inputmode: numeric ? "decimal" : null, maxlength: option.max_length, size: 1,
    oninput: (e) => { entry.value = e.target.value; entry.chosen = null; widen(e.target); if (option.autocomplete) ask(option, e.target.value); },
    onkeyup: (e) => e.key === "Backspace" && !e.target.value && e.target.dataset.empty && leave(),
    onkeydown: (e) => { e.target.dataset.empty = e.target.value ? "" : "1"; },
  });
  node.value = entry.shown ?? entry.value;
  if (option.autocomplete) node.addEventListener("focus", () => ask(option, entry.value));
  widen(node);
  return node;
}

function widen(node) {
  node.style.width = `${Math.min(Math.max(node.value.length + 4, 8), 60)}ch`;
}

function hint(option) {
  const limits = option.min_value !== undefined || option.max_value !== undefined ? ` (${option.min_value ?? "…"}–${option.max_value ?? "…"})` : "";
  $("hint").textContent = `${option.label}: ${option.description}${limits}`;
  $("hint").hidden = false;
}

function hideOffersUnlessFocused() {
  if (!$("slash").contains(document.activeElement)) hideOffers();
}

// Autocomplete

let pause = 0;

function ask(option, text) {
  clearTimeout(pause);
  pause = setTimeout(async () => {
    if (!command) return;
    const body = { person: world.person, channel: world.channel, command: command.name, focused: option.name, options: { ...entered(true), [option.name]: text } };
    const posted = await post(`${API}/autocomplete`, body);
    asked = posted && { interaction: posted.interaction, option };
    if (asked && early.has(asked.interaction)) showChoices(asked.interaction, early.get(asked.interaction));
  }, ASK_AFTER);
}

const early = new Map(); // choices that overtook the reply to our own POST

export function showChoices(interaction, choices) {
  if (asked?.interaction !== interaction) return early.set(interaction, choices);
  const { option } = asked;
  picked = 0;
  return offer(choices, (choice) => [h("b", {}, choice.name)], (choice) => {
    Object.assign(fields.get(option.name), { value: choice.value, shown: choice.name });
    hideOffers();
    drawSlash();
    focusFirst();
  });
}

function entered(partial = false) {
  const given = {};
  for (const { option, value } of fields.values()) {
    if (value === "" || (partial && option.type === FILE)) continue;
    if (option.type === FILE) given[option.name] = { name: value.name, content: value.content };
    else if (option.type === BOOLEAN) given[option.name] = value === "true";
    else if (option.type === INTEGER || option.type === NUMBER) given[option.name] = Number(value);
    else given[option.name] = option.choices?.length ? option.choices.find((c) => String(c.value) === value)?.value ?? value : value;
  }
  return given;
}

async function submitCommand() {
  const { name, label } = command;
  const posted = await post(`${API}/slash`, { person: world.person, channel: world.channel, command: name, options: entered() });
  if (!posted) return focusFirst();
  leave();
  return sent(posted, `/${label}`);
}

function onKey(event) {
  const open = offers.length > 0;
  if (event.key === "Escape") {
    if (command) leave();
    else { hideOffers(); files = []; replyTo = null; drawContext(); }
  } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    picked = (picked + (event.key === "ArrowDown" ? 1 : offers.length - 1)) % offers.length;
    redrawOffers();
  } else if (open && event.key === "Tab" && !command) {
    event.preventDefault();
    take(offers[picked]);
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    if (open) take(offers[picked]);
    else $("form").requestSubmit();
  }
}
