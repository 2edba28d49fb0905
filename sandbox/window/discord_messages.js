// One message as Discord shows it: who said it in answer to what, words, files, embeds, components.

import { $, h, icon, size, time } from "./dom.js";
import { markdown } from "./discord_markdown.js";

const WIDEST = 480;
const TALLEST = 380;
const TOKEN_LIFE = 900; // seconds after which nobody can answer any more
const ROW = 1, BUTTON = 2, SELECT = 3, SECTION = 9, TEXT = 10, THUMBNAIL = 11, GALLERY = 12, FILE = 13, SEPARATOR = 14, CONTAINER = 17;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

// `acts` is what a person can do: {press, choose, menu, reply, dismiss, show}; `world` who and what there is
export function messageNode(message, follows, world, acts) {
  const mentioned = message.mentions.includes(world.person) || message.everyone;
  const classes = ["message", follows && "follows", message.ephemeral && "ephemeral", mentioned && "mentioned"].filter(Boolean).join(" ");
  const head = follows ? h("time", { class: "when" }, time(message.sent)) : world.avatar(message.author);
  return h("article", {
    class: classes, "data-testid": "message", "data-id": message.id, "data-sender": message.author,
    "aria-label": `${world.nameOf(message.author)}, ${time(message.sent)}`,
    oncontextmenu: (e) => { e.preventDefault(); acts.menu(message, e.clientX, e.clientY); },
  }, answered(message, world, acts), h("div", { class: "gutter" }, head),
    h("div", { class: "body" }, follows ? null : byline(message, world), ...content(message, world, acts), foot(message, world, acts)),
    tools(message, acts));
}

function byline(message, world) {
  return h("div", { class: "byline" },
    h("b", { class: message.author }, world.nameOf(message.author)),
    message.author === "bot" ? h("span", { class: "badge-app" }, "APP") : null,
    h("time", {}, time(message.sent)));
}

// What a message answers: a command somebody used, or another message
function answered(message, world, acts) {
  if (message.asked && message.asked_by) {
    return h("div", { class: "answers" }, world.avatar(message.asked_by), h("b", {}, world.nameOf(message.asked_by)), " used ", h("span", { class: "mention" }, message.asked));
  }
  const original = message.reply_to && world.message(message.reply_to);
  if (!original) return message.reply_to ? h("div", { class: "answers" }, h("i", {}, "Original message was deleted")) : null;
  return h("button", { type: "button", class: "answers", onclick: () => acts.show(original.id) },
    world.avatar(original.author), h("b", {}, world.nameOf(original.author)), h("span", { class: "gist" }, gist(original)));
}

export function gist(message) {
  if (message.loading) return "thinking…";
  const text = message.content || message.embeds[0]?.title || message.embeds[0]?.description;
  return text?.split("\n")[0] || (message.attachments.length ? "Click to see attachment" : "Click to see message");
}

function content(message, world, acts) {
  if (message.loading && world.now() - message.sent > TOKEN_LIFE) return [h("p", { class: "failed" }, "The application did not respond")];
  if (message.loading) return [h("p", { class: "thinking" }, h("i", {}), h("i", {}), h("i", {}), `${world.nameOf("bot")} is thinking`)];
  const loose = message.attachments.filter((file) => !message.placed.includes(file.name));
  const pictures = loose.filter((file) => isVisual(file));
  const parts = [];
  if (message.content) {
    const only = /^(\p{Extended_Pictographic}\uFE0F?\s*){1,6}$/u.test(message.content);
    parts.push(h("div", { class: `words${only ? " only-emoji" : ""}`, dir: "auto" }, ...markdown(message.content, world.at), edited(message)));
  }
  if (pictures.length) parts.push(pictureGrid(pictures));
  parts.push(...loose.filter((file) => !isVisual(file)).map(fileCard));
  parts.push(...message.embeds.map((embed) => embedNode(embed, message, world)));
  parts.push(...message.components.map((component) => componentNode(component, message, world, acts)));
  if (!message.content && message.edited) parts.push(edited(message));
  return parts;
}

const edited = (message) => (message.edited ? h("span", { class: "edited" }, "(edited)") : null);

function foot(message, world, acts) {
  const notes = [];
  if (world.failed.has(message.id)) notes.push(h("p", { class: "failed" }, "This interaction failed"));
  if (message.ephemeral) {
    notes.push(h("p", { class: "only-you" }, icon("eye"), "Only you can see this · ", h("button", { type: "button", "data-testid": "dismiss", onclick: () => acts.dismiss(message) }, "Dismiss message")));
  }
  return notes.length ? h("div", { class: "foot" }, ...notes) : null;
}

function tools(message, acts) {
  if (message.loading) return null;
  return h("div", { class: "tools" },
    message.ephemeral ? null : h("button", { type: "button", "aria-label": "Reply", title: "Reply", onclick: () => acts.reply(message) }, icon("reply")),
    h("button", {
      type: "button", "aria-label": "More", title: "More", "data-testid": "more",
      onclick: (e) => { const box = e.currentTarget.getBoundingClientRect(); acts.menu(message, box.left, box.bottom + 4); },
    }, icon("dots")));
}

// Files

const isVisual = (file) => /^(image|video)\//.test(file.mime);

function pictureGrid(files) {
  if (files.length === 1) return h("div", { class: "pictures" }, picture(files[0], false));
  return h("div", { class: `pictures grid n${Math.min(files.length, 4)}` }, ...files.map((file) => picture(file, true)));
}

function picture(file, cropped) {
  const width = file.width || 320, height = file.height || 240;
  const grow = width < 200 && height < 200 ? 2 : 1; // tiny pictures are shown at twice their size
  const scale = Math.min(WIDEST / (width * grow), TALLEST / (height * grow), 1) * grow;
  const shape = cropped ? null : `width:${Math.round(width * scale)}px;aspect-ratio:${width}/${height}`;
  const hidden = file.spoiler ? " hidden-by-spoiler" : "";
  const alt = file.description ?? "";
  if (file.mime.startsWith("video/")) {
    return h("div", { class: `media video${hidden}`, style: shape, "data-testid": "video", onclick: (e) => reveal(e.currentTarget) },
      h("video", { src: file.url, controls: true, playsinline: true, preload: "metadata", title: alt }));
  }
  return h("button", {
    type: "button", class: `media photo${hidden}`, style: shape, "data-testid": "photo", "aria-label": alt || "Open the picture",
    onclick: (e) => reveal(e.currentTarget) || enlarge(file),
  }, h("img", { src: file.url, alt, title: alt, decoding: "sync" }), alt ? h("span", { class: "alt", title: alt }, "ALT") : null);
}

function reveal(node) {
  const hidden = node.classList.contains("hidden-by-spoiler");
  node.classList.remove("hidden-by-spoiler");
  return hidden;
}

function enlarge(file) {
  $("lightbox-image").src = file.url;
  $("lightbox-image").alt = file.description ?? "";
  $("lightbox-note").textContent = [file.description, `${file.width} × ${file.height}`].filter(Boolean).join(" · ");
  $("lightbox-link").href = file.url;
  $("lightbox-link").download = file.name;
  $("lightbox").showModal();
}

function fileCard(file) {
  return h("a", { class: "document", href: file.url, download: file.name, "data-testid": "document" },
    h("span", { class: "glyph" }, icon("file")), h("span", {}, h("b", {}, file.name), h("small", {}, size(file.bytes))));
}

// `attachment://name` is a file of the message itself
function located(url, message) {
  const name = url?.startsWith("attachment://") && url.slice("attachment://".length);
  const file = name && message.attachments.find((attached) => attached.name === name);
  return file || { url, name: "", mime: "image/png", width: 0, height: 0, description: "" };
}

// Embeds

function embedNode(embed, message, world) {
  const words = (text) => (text ? markdown(text, world.at) : []);
  const color = embed.color ? `--bar:#${embed.color.toString(16).padStart(6, "0")}` : null;
  const title = embed.title && h("h3", {}, embed.url ? h("a", { href: embed.url, target: "_blank", rel: "noopener" }, embed.title) : embed.title);
  const foot = [embed.footer?.text, embed.timestamp && new Date(embed.timestamp).toLocaleString()].filter(Boolean).join(" • ");
  return h("div", { class: "embed", style: color, "data-testid": "embed" },
    h("div", { class: "embed-text" },
      embed.author ? h("p", { class: "embed-author" }, embed.author.name) : null, title || null,
      embed.description ? h("div", { class: "words", dir: "auto" }, ...words(embed.description)) : null,
      embed.fields?.length ? h("dl", {}, ...embed.fields.map((field) => h("div", { class: field.inline ? "inline" : "" }, h("dt", {}, field.name), h("dd", {}, ...words(field.value))))) : null),
    embed.thumbnail ? h("img", { class: "embed-thumb", src: located(embed.thumbnail.url, message).url, alt: "" }) : null,
    embed.image ? picture(located(embed.image.url, message), false) : null,
    foot ? h("p", { class: "embed-foot" }, foot) : null);
}

// Components

function componentNode(component, message, world, acts) {
  const inner = (children = []) => children.map((child) => componentNode(child, message, world, acts));
  switch (component.type) {
    case ROW: return h("div", { class: "row" }, ...inner(component.components));
    case BUTTON: return buttonNode(component, message, world, acts);
    case TEXT: return h("div", { class: "words", dir: "auto" }, ...markdown(component.content, world.at));
    case SECTION: return h("div", { class: "section" }, h("div", {}, ...inner(component.components)), componentNode(component.accessory, message, world, acts));
    case THUMBNAIL: return h("img", { class: "embed-thumb", src: located(component.media.url, message).url, alt: component.description ?? "" });
    case GALLERY: return pictureGrid(component.items.map((item) => ({ ...located(item.media.url, message), spoiler: item.spoiler, ...(item.description ? { description: item.description } : {}) })));
    case FILE: return fileCard(located(component.file.url, message));
    case SEPARATOR: return h("hr", { class: component.divider === false ? "bare" : "" });
    case CONTAINER: {
      const color = component.accent_color ? `--bar:#${component.accent_color.toString(16).padStart(6, "0")}` : null;
      return h("div", { class: `container${color ? " accented" : ""}`, style: color }, ...inner(component.components));
    }
    default: return component.type === SELECT || component.options ? selectNode(component, message, world, acts) : selectNode({ ...component, options: [], disabled: true }, message, world, acts);
  }
}

function emoji(shown) {
  return shown?.name && !shown.id ? h("span", { class: "emoji" }, shown.name) : null;
}

function buttonNode(button, message, world, acts) {
  const props = { class: `key ${STYLES[button.style]}`, "data-testid": "button" };
  const label = [emoji(button.emoji), button.label ? h("span", {}, button.label) : null];
  if (button.url) return h("a", { ...props, href: button.url, target: "_blank", rel: "noopener" }, ...label, icon("out"));
  const waiting = world.waiting(message.id, button.custom_id);
  return h("button", {
    ...props, type: "button", disabled: button.disabled, class: props.class + (waiting ? " pressed" : ""), "aria-busy": waiting ? "true" : null,
    onclick: () => waiting || acts.press(message, button),
  }, ...label);
}

function selectNode(select, message, world, acts) {
  const chosen = select.options.filter((option) => option.default);
  const waiting = world.waiting(message.id, select.custom_id);
  const label = chosen.length ? chosen.map((option) => option.label).join(", ") : select.placeholder || "Make a selection";
  return h("button", {
    type: "button", class: `select${waiting ? " pressed" : ""}${chosen.length ? " chosen" : ""}`, disabled: select.disabled, "data-testid": "select",
    "aria-haspopup": "listbox", onclick: (e) => acts.choose(message, select, e.currentTarget),
  }, h("span", {}, label), icon("down"));
}
