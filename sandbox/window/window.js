// The chat window: one page that is several people. State comes once from /_sandbox/state and
// /messages, then as server-sent events; every act is a POST to the control plane.

const TELEGRAM = "/_sandbox/telegram";
const ANSWER_WITHIN = 15_000; // after that a pressed button gives up, as the real client does
const ACTION_SHOWN = 5_500;
const NEAR_BOTTOM = 90;
const WIDEST = 512;
const TALLEST = 560;
const ALBUM_WIDTH = 440;
const NARROWEST = 200;
const ACTIONS = {
  typing: "typing", upload_photo: "sending a photo", record_video: "recording a video",
  upload_video: "sending a video", upload_document: "sending a file",
};

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

const $ = (id) => document.getElementById(id);
const state = {
  people: new Map(), chats: new Map(), bot: {}, clockAhead: 0,
  messages: new Map(), // chat key -> Map(message id -> message)
  person: "asha", chat: "asha", menu: { commands: [], name: "", description: "" },
  unread: new Map(), // "person/chat" -> count
  actions: new Map(), // chat key -> {name, timer}
  pressed: new Map(), // query id -> {message, data, timer}
  drafts: new Map(), photo: null, replyTo: null, missed: 0, stuck: true,
};

// Small tools

function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

async function get(path) {
  const answer = await fetch(path);
  return answer.json();
}

async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) toast(found.error);
  return answer.ok ? found : null;
}

function toast(text) {
  const node = h("div", { class: "toast", "data-testid": "toast" }, text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), 2500 + text.length * 40);
}

const time = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const worldNow = () => Date.now() / 1000 + state.clockAhead;
const isGroup = (key) => state.chats.get(key)?.kind === "group";
const chatName = (key) => (isGroup(key) ? state.chats.get(key).title : state.menu.name || state.bot.name);
const chatsOf = (person) => [...state.chats.values()].filter((chat) => chat.members.includes(person));
const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

function avatar(key) {
  const glyph = key === "bot" ? icon("spark") : isGroup(key) ? icon("people") : state.people.get(key).name[0];
  return h("span", { class: `avatar ${key}`, "aria-hidden": "true" }, glyph);
}

function summary(message) {
  if (!message) return "";
  const kind = message.media && { photo: "Photo", video: "Video", animation: "Animation", document: message.media.name }[message.media.kind];
  return message.text.split("\n")[0] || kind || "";
}

// Formatted text: entities are ranges in UTF-16 units, which is what JavaScript strings count in

function formatted(text, entities) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let next = 0;
  function stretch(start, end) {
    const nodes = [];
    let at = start;
    while (next < ordered.length && ordered[next].offset < end) {
      const entity = ordered[next++];
      const stop = Math.min(entity.offset + entity.length, end);
      if (entity.offset < at) continue;
      nodes.push(text.slice(at, entity.offset), dressed(entity, text.slice(entity.offset, stop), stretch(entity.offset, stop)));
      at = stop;
      if (BLOCKS.has(entity.type) && text[at] === "\n" && at < end) at += 1; // a block ends its own line
    }
    nodes.push(text.slice(at, end));
    return nodes.filter((node) => node !== "");
  }
  return stretch(0, text.length);
}

function dressed(entity, raw, inner) {
  switch (entity.type) {
    case "bold": return h("strong", {}, ...inner);
    case "italic": return h("em", {}, ...inner);
    case "underline": return h("u", {}, ...inner);
    case "strikethrough": return h("s", {}, ...inner);
    case "code": return h("code", { title: "Copy", onclick: () => copy(raw) }, ...inner);
    case "pre": return h("pre", {}, ...inner);
    case "blockquote": return h("blockquote", {}, ...inner);
    case "expandable_blockquote":
      return h("blockquote", { class: "folded", onclick: (e) => e.currentTarget.classList.toggle("folded") }, ...inner);
    case "spoiler":
      return h("span", { class: "spoiler", onclick: (e) => e.currentTarget.classList.add("shown") }, h("span", {}, ...inner));
    case "text_link": return link(entity.url, inner);
    case "url": return link(raw, inner);
    case "email": return h("a", { href: `mailto:${raw}` }, ...inner);
    case "bot_command":
      return h("a", { href: "#", onclick: (e) => { e.preventDefault(); say(raw); } }, ...inner);
    case "mention": case "hashtag": case "text_mention": return h("a", {}, ...inner);
    default: return h("span", {}, ...inner);
  }
}

function link(url, inner) {
  const start = startPayload(url);
  if (start !== null) {
    return h("a", { href: "#", onclick: (e) => { e.preventDefault(); say(`/start ${start}`.trim()); } }, ...inner);
  }
  return h("a", { href: safe(url), target: "_blank", rel: "noopener" }, ...inner);
}

const safe = (url) => (/^(https?|tg|mailto|tel):/i.test(url) ? url : `http://${url}`);

// A link to the bot itself (t.me/<bot>?start=…) opens the chat and says /start
function startPayload(url) {
  const found = /^https?:\/\/t\.me\/([A-Za-z0-9_]+)(?:\?start=([A-Za-z0-9_-]*))?$/.exec(url);
  return found && found[1].toLowerCase() === state.bot.username?.toLowerCase() ? found[2] ?? "" : null;
}

// A link to an invoice in Stars (t.me/$…) opens it over the chat
const INVOICE = /^https:\/\/t\.me\/\$/;
const OUTCOMES = { paid: "Paid ⭐", unanswered: "The bot did not answer in time. Nothing was paid.", unknown: "This invoice is gone." };

async function checkout(link) {
  const found = await get(`${TELEGRAM}/invoice?link=${encodeURIComponent(link)}`);
  $("invoice-title").textContent = found.title;
  $("invoice-text").textContent = found.description;
  $("invoice-pay").textContent = `Pay ⭐ ${found.amount}`;
  $("invoice").returnValue = "";
  $("invoice").onclose = async () => {
    if ($("invoice").returnValue !== "pay") return;
    const paid = await post(`${TELEGRAM}/pay`, { person: state.person, link });
    if (paid) toast(paid.words || OUTCOMES[paid.outcome]);
  };
  $("invoice").showModal();
}

async function copy(text) {
  await navigator.clipboard?.writeText(text);
  toast("Copied");
}

// Messages

function shownSize(media) {
  const width = media.width || 320, height = media.height || 240;
  const grow = width < 200 && height < 200 ? 2 : 1; // tiny pictures are shown at twice their size
  const scale = Math.min(WIDEST / (width * grow), TALLEST / (height * grow), 1) * grow;
  return { width: Math.round(width * scale), ratio: `${width}/${height}` };
}

const shape = (media) => `aspect-ratio:${shownSize(media).ratio}`;

// A bubble with media is as wide as its picture; a caption breaks its lines to fit
function widthOf(parts) {
  const media = parts[0].media;
  if (!media || media.kind === "document") return null;
  return parts.length > 1 ? ALBUM_WIDTH : Math.max(shownSize(media).width, NARROWEST);
}

function picture(message) {
  const media = message.media;
  if (media.kind === "document") return documentCard(media);
  const hidden = media.spoiler ? " hidden-by-spoiler" : "";
  if (media.kind === "photo") {
    const image = h("img", { src: media.url, alt: message.text || "Photo", decoding: "sync" });
    return h("button", {
      type: "button", class: `media photo${hidden}`, style: shape(media), "data-testid": "photo", "aria-label": "Open the photo",
      onclick: (e) => reveal(e.currentTarget) || enlarge(message),
    }, image);
  }
  const plays = media.kind === "animation";
  const isImage = media.mime === "image/gif" || media.mime === "image/webp";
  const player = isImage
    ? h("img", { src: media.url, alt: message.text || "Animation" })
    : h("video", { src: media.url, poster: media.poster, controls: !plays, autoplay: plays, loop: true, playsinline: true, preload: "metadata" });
  if (plays) player.muted = true;
  return h("div", {
    class: `media ${media.kind}${hidden}`, style: shape(media), "data-testid": media.kind,
    onclick: (e) => reveal(e.currentTarget),
  }, player);
}

function reveal(node) {
  const hidden = node.classList.contains("hidden-by-spoiler");
  node.classList.remove("hidden-by-spoiler");
  return hidden;
}

function documentCard(media) {
  return h("a", { class: "document", href: media.url, download: media.name, "data-testid": "document" },
    h("span", { class: "glyph" }, icon("file")),
    h("span", {}, h("b", {}, media.name), h("small", {}, size(media.bytes))));
}

function enlarge(message) {
  const media = message.media;
  $("lightbox-image").src = media.url;
  $("lightbox-image").alt = message.text || "Photo";
  $("lightbox-note").textContent = `${media.width} × ${media.height}`;
  $("lightbox-link").href = media.url;
  $("lightbox").showModal();
}

function keyboard(message) {
  return h("div", { class: "keys" }, ...message.keyboard.map((row) => h("div", {}, ...row.map((button) => key(message, button)))));
}

function key(message, button) {
  const props = { class: `key ${button.style ?? ""}`, "data-testid": "button" };
  if (button.url) {
    if (INVOICE.test(button.url)) {
      return h("button", { ...props, type: "button", onclick: () => checkout(button.url) }, button.text);
    }
    const start = startPayload(button.url);
    if (start === null) {
      return h("a", { ...props, href: safe(button.url), target: "_blank", rel: "noopener" }, button.text, icon("out"));
    }
    return h("button", { ...props, type: "button", onclick: () => say(`/start ${start}`.trim()) }, button.text);
  }
  if (button.copy) return h("button", { ...props, type: "button", onclick: () => copy(button.copy) }, button.text, icon("copy"));
  const waiting = [...state.pressed.values()].some((p) => p.message === message.id && p.data === button.data);
  return h("button", {
    ...props, class: props.class + (waiting ? " pressed" : ""), type: "button", "aria-busy": waiting ? "true" : null,
    onclick: () => press(message, button),
  }, button.text);
}

function quote(message) {
  const original = state.messages.get(message.chat)?.get(message.reply_to);
  if (!original) return null;
  return h("button", { type: "button", class: "quote", onclick: () => show(original.id) },
    h("b", {}, author(original)), h("span", {}, summary(original)));
}

const author = (message) => (message.sender === "bot" ? state.menu.name || state.bot.name : state.people.get(message.sender).name);

function show(id) {
  document.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
}

function stamp(message, over) {
  const text = `${message.edited ? "edited " : ""}${time(message.sent)}`;
  return h("span", { class: `stamp${over ? " over" : ""}` }, text);
}

function bubble(parts) {
  const first = parts[0];
  const worded = parts.find((part) => part.text) ?? first;
  const media = parts.filter((part) => part.media);
  const over = media.length > 0 && !worded.text && first.media.kind !== "document";
  let pictures = media.map(picture);
  if (media.length > 1 && first.media.kind !== "document") {
    pictures = [h("div", { class: `album${media.length % 2 ? " odd" : ""}` }, ...pictures)];
  }
  const emoji = !media.length && /^(\p{Extended_Pictographic}\uFE0F?){1,3}$/u.test(worded.text);
  const words = worded.text || !over
    ? h("div", { class: `words${emoji ? " only-emoji" : ""}`, dir: "auto" }, ...formatted(worded.text, worded.entities), stamp(first, false))
    : null;
  const body = first.caption_above ? [words, ...pictures] : [...pictures, words];
  return h("div", { class: "bubble" }, quote(first), ...body, over ? stamp(first, true) : null);
}

function messageNode(parts, follows) {
  const first = parts[0];
  const mine = first.sender === state.person;
  const keys = first.keyboard.length > 0;
  const named = isGroup(first.chat) && !mine && !follows;
  const classes = ["message", mine && "mine", follows && "follows", keys && "keys-below"].filter(Boolean).join(" ");
  const width = widthOf(parts);
  const holder = h("div", { class: "holder" }, bubble(parts),
    h("button", { type: "button", class: "hover-reply", "aria-label": "Reply", onclick: () => replyTo(first) }, icon("reply")));
  return h("article", {
    class: classes, "data-testid": "message", "data-id": first.id, "data-sender": first.sender,
    "aria-label": `${author(first)}, ${time(first.sent)}`, style: width && `width:${width}px`,
  }, named ? h("div", { class: "author" }, author(first)) : null, holder, keys ? keyboard(first) : null);
}

// The log is drawn by keys: a message whose signature has not changed keeps its node

const drawn = new Map(); // item key -> {signature, node}

function items() {
  const found = [];
  let day = "", last = null;
  for (const message of state.messages.get(state.chat).values()) {
    const today = new Date(message.sent * 1000).toDateString();
    if (today !== day) found.push({ key: `day-${(day = today)}`, day: message.sent });
    if (message.album && last?.parts && last.parts[0].album === message.album) {
      last.parts.push(message);
      continue;
    }
    const follows = Boolean(last?.parts && last.parts[0].sender === message.sender && message.sent - last.parts.at(-1).sent < 300 && found.at(-1) === last);
    found.push((last = { key: `m-${message.id}`, parts: [message], follows }));
  }
  return found;
}

function dayNode(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date(worldNow() * 1000).toDateString() === date.toDateString();
  return h("div", { class: "day" }, today ? "Today" : date.toLocaleDateString([], { day: "numeric", month: "long" }));
}

function draw({ fresh = false } = {}) {
  const log = $("log");
  const list = items();
  const waiting = [...state.pressed.values()].map((p) => `${p.message}:${p.data}`).join();
  const nodes = list.map((item) => {
    const known = drawn.get(item.key);
    const signature = JSON.stringify([item.parts ?? item.day, item.follows, item.parts?.some((p) => waiting.includes(`${p.id}:`)) ? waiting : ""]);
    if (known?.signature === signature) return known.node;
    const node = item.parts ? messageNode(item.parts, item.follows) : dayNode(item.day);
    if (fresh && !known && item === list.at(-1)) node.classList.add("fresh");
    drawn.set(item.key, { signature, node });
    return node;
  });
  if (!list.length) nodes.push(welcome());
  if (nodes.length !== log.children.length || nodes.some((node, i) => log.children[i] !== node)) log.replaceChildren(...nodes);
  if (state.stuck) toBottom();
  else if (fresh) state.missed += 1;
  drawLatest();
}

function welcome() {
  const group = isGroup(state.chat);
  const about = group ? "A group of three with the bot in it. It hears commands, replies to it and its buttons." : state.menu.description || "Say hello to begin.";
  return h("div", { class: "welcome" }, avatar(group ? state.chat : "bot"), h("h2", {}, chatName(state.chat)), h("p", {}, about),
    group ? null : h("button", { class: "start", type: "button", "data-testid": "start", onclick: () => say("/start") }, "Start"));
}

function toBottom() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
  Object.assign(state, { missed: 0, stuck: true });
}

function scrolled() {
  const scroll = $("scroll");
  state.stuck = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_BOTTOM;
  if (state.stuck) state.missed = 0;
  drawLatest();
}

function drawLatest() {
  $("latest").hidden = state.stuck;
  $("latest-count").hidden = !state.missed;
  $("latest-count").textContent = state.missed;
}

// The side and the top

function drawSide() {
  $("people").replaceChildren(...[...state.people.values()].map((person) => {
    const chosen = person.key === state.person;
    const count = chosen ? 0 : chatsOf(person.key).reduce((sum, chat) => sum + (state.unread.get(`${person.key}/${chat.key}`) ?? 0), 0);
    return h("button", {
      class: "person", role: "radio", "aria-checked": String(chosen), "data-testid": `person-${person.key}`,
      "aria-label": person.name, onclick: () => become(person.key),
    }, avatar(person.key), h("span", { class: "name" }, person.name.split(" ")[0]), count ? h("span", { class: "badge" }, String(count)) : null);
  }));
  $("chats").replaceChildren(...chatsOf(state.person).map((chat) => {
    const last = [...(state.messages.get(chat.key)?.values() ?? [])].at(-1);
    const count = state.unread.get(`${state.person}/${chat.key}`) ?? 0;
    return h("button", {
      class: "chat", role: "listitem", "aria-current": String(chat.key === state.chat), "data-testid": `chat-${chat.key}`, onclick: () => open(chat.key),
    }, avatar(chat.kind === "group" ? chat.key : "bot"), h("strong", {}, chatName(chat.key)), h("time", {}, last ? time(last.sent) : ""),
      h("span", { class: "last" }, last ? summary(last) : "No messages yet"), count ? h("span", { class: "badge" }, String(count)) : h("span"));
  }));
}

function drawTop() {
  const action = state.actions.get(state.chat);
  $("room-avatar").replaceChildren(avatar(isGroup(state.chat) ? state.chat : "bot"));
  $("room-name").textContent = chatName(state.chat);
  $("room-note").className = action ? "busy" : "";
  $("room-note").textContent = action ? ACTIONS[action.name] ?? "busy" : isGroup(state.chat) ? "Asha, Ravi, Meera and the bot" : `@${state.bot.username}`;
  document.title = chatName(state.chat) || "Sandbox";
}

function drawStatus(connected) {
  $("status").dataset.on = connected === null ? "lost" : String(connected);
  $("status").textContent = connected === null ? "Sandbox stopped" : connected ? "Bot connected" : "Waiting for the bot";
}

function drawBanner() {
  const blocked = state.people.get(state.person).blocked && !isGroup(state.chat);
  $("banner").hidden = !blocked;
  if (blocked) {
    $("banner").replaceChildren("You have blocked this bot.", h("button", { type: "button", onclick: () => block(false) }, "Unblock"));
  }
  const name = state.people.get(state.person).name.split(" ")[0];
  $("block-title").textContent = name;
  $("block").textContent = state.people.get(state.person).blocked ? "Unblock the bot" : "Block the bot";
}

// Acts

async function say(text, photo = null) {
  const body = { person: state.person, chat: state.chat, text, photo: photo?.data ?? "", reply_to: state.replyTo?.id ?? null };
  state.replyTo = state.photo = null;
  drawContext();
  toBottom();
  return post(`${TELEGRAM}/send`, body);
}

async function press(message, button) {
  const pressed = await post(`${TELEGRAM}/press`, { person: state.person, chat: message.chat, message_id: message.id, data: button.data });
  if (!pressed || answered.delete(pressed.query_id)) return;
  const timer = setTimeout(() => release(pressed.query_id), ANSWER_WITHIN);
  state.pressed.set(pressed.query_id, { message: message.id, data: button.data, timer });
  draw();
}

const answered = new Set(); // answers that overtook the reply to our own POST

function release(query) {
  const pressed = state.pressed.get(query);
  if (!pressed) return;
  clearTimeout(pressed.timer);
  state.pressed.delete(query);
  draw();
}

const block = (blocked) => post(`${TELEGRAM}/block`, { person: state.person, blocked });

async function become(person) {
  open(state.chat === state.person || !state.chats.get(state.chat).members.includes(person) ? person : state.chat, person);
}

async function open(chat, person = state.person) {
  state.drafts.set(`${state.person}/${state.chat}`, $("composer").value);
  Object.assign(state, { chat, person, photo: null, replyTo: null, missed: 0 });
  state.unread.delete(`${person}/${chat}`);
  history.replaceState(null, "", `#${person}/${chat}`);
  $("composer").value = state.drafts.get(`${person}/${chat}`) ?? "";
  drawn.clear();
  await loadMenu();
  drawAll();
  toBottom();
  $("composer").focus();
}

function replyTo(message) {
  state.replyTo = message;
  drawContext();
  $("composer").focus();
}

function drawContext() {
  const context = $("context");
  context.hidden = !state.photo && !state.replyTo;
  if (!context.hidden) {
    const drop = () => { state.photo = state.replyTo = null; drawContext(); };
    const text = state.photo ? ["Photo", state.photo.name] : [author(state.replyTo), summary(state.replyTo)];
    context.replaceChildren(...[
      state.photo && h("img", { src: state.photo.url, alt: "" }),
      h("div", {}, h("b", {}, text[0]), h("span", {}, text[1])),
      h("button", { type: "button", class: "icon", "aria-label": "Remove", onclick: drop }, icon("close")),
    ].filter(Boolean));
  }
  $("composer").placeholder = state.replyTo?.placeholder || "Message";
  resize();
}

function takePhoto(file) {
  if (!file?.type.startsWith("image/")) return;
  const reader = new FileReader();
  reader.onload = () => {
    state.photo = { name: file.name, url: reader.result, data: reader.result.split(",")[1] };
    drawContext();
    $("composer").focus();
  };
  reader.readAsDataURL(file);
}

// The composer and its list of commands

let picked = 0;

function offered(all = false) {
  const typed = $("composer").value;
  if (!all && !/^\/\w*$/.test(typed)) return [];
  return state.menu.commands.filter((command) => all || `/${command.command}`.startsWith(typed.toLowerCase()));
}

function drawCommands(list = offered()) {
  const box = $("commands");
  box.hidden = list.length === 0;
  picked = Math.min(picked, Math.max(list.length - 1, 0));
  box.replaceChildren(...list.map((command, i) => h("button", {
    type: "button", class: "command", role: "option", "aria-selected": String(i === picked), id: `command-${i}`,
    onclick: () => choose(command),
  }, h("b", {}, `/${command.command}`), h("span", {}, command.description))));
  box.children[picked]?.scrollIntoView({ block: "nearest" });
}

function choose(command) {
  $("composer").value = "";
  say(`/${command.command}`);
  closeCommands();
}

function closeCommands() {
  picked = 0;
  drawCommands([]);
  resize();
  $("composer").focus();
}

function onKey(event) {
  const list = $("commands").hidden ? [] : offered($("composer").value === "");
  if (event.key === "Escape") {
    state.replyTo = state.photo = null;
    drawContext();
    closeCommands();
  } else if (list.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    picked = (picked + (event.key === "ArrowDown" ? 1 : list.length - 1)) % list.length;
    drawCommands(list);
  } else if (list.length && event.key === "Tab") {
    event.preventDefault();
    $("composer").value = `/${list[picked].command} `;
    closeCommands();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (list.length) choose(list[picked]);
    else $("form").requestSubmit();
  }
}

function resize() {
  const area = $("composer");
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
  $("send").disabled = !area.value.trim() && !state.photo;
}

// What happens

function happen(event) {
  const shown = event.message;
  switch (event.kind) {
    case "message": case "edited":
      state.messages.get(event.chat).set(shown.id, shown);
      if (shown.sender === "bot") endAction(event.chat);
      if (event.kind === "message") countUnread(event.chat, shown);
      if (event.chat === state.chat) draw({ fresh: event.kind === "message" });
      if (event.kind === "message" && event.chat === state.chat && shown.asks.includes(state.person)) replyTo(shown);
      drawSide();
      break;
    case "deleted":
      state.messages.get(event.chat).delete(shown.id);
      if (event.chat === state.chat) draw();
      drawSide();
      break;
    case "action": startAction(event.chat, event.action); break;
    case "answer": answer(event.answer); break;
    case "commands": loadMenu().then(drawAll); break;
    case "reset": state.unread.clear(); drawn.clear(); load(); break;
    default: load();
  }
}

function countUnread(chat, message) {
  for (const person of state.chats.get(chat).members) {
    if (message.sender === person || (person === state.person && chat === state.chat)) continue;
    const place = `${person}/${chat}`;
    state.unread.set(place, (state.unread.get(place) ?? 0) + 1);
  }
}

function startAction(chat, name) {
  endAction(chat);
  state.actions.set(chat, { name, timer: setTimeout(() => endAction(chat), ACTION_SHOWN) });
  drawTop();
}

function endAction(chat) {
  clearTimeout(state.actions.get(chat)?.timer);
  state.actions.delete(chat);
  drawTop();
}

function answer(given) {
  if (!state.pressed.has(given.query_id)) answered.add(given.query_id);
  release(given.query_id);
  if (given.person !== state.person) return;
  if (given.url) window.open(given.url, "_blank", "noopener");
  if (!given.text) return;
  if (!given.alert) return toast(given.text);
  $("alert-text").textContent = given.text;
  if (!$("alert").open) $("alert").showModal();
}

// Loading

async function load() {
  const found = await get("/_sandbox/state");
  state.people = new Map(found.people.map((person) => [person.key, person]));
  state.chats = new Map(found.chats.map((chat) => [chat.key, chat]));
  state.bot = found.bot;
  state.clockAhead = found.now - Date.now() / 1000;
  await Promise.all(found.chats.map(async (chat) => {
    const { messages } = await get(`${TELEGRAM}/messages?chat=${chat.key}`);
    state.messages.set(chat.key, new Map(messages.map((message) => [message.id, message])));
  }));
  await loadMenu();
  drawStatus(found.bot.connected);
  drawAll();
  return found.seq;
}

async function loadMenu() {
  state.menu = await get(`${TELEGRAM}/menu?person=${state.person}&chat=${state.chat}`);
  $("menu").hidden = state.menu.commands.length === 0;
}

function drawAll() {
  drawSide();
  drawTop();
  drawBanner();
  drawContext();
  draw();
}

async function loadCalls() {
  const { calls, faults } = await get("/_sandbox/journal");
  const spoken = calls.filter((call) => call.method !== "getUpdates" || call.status !== 200).slice(-12).reverse();
  $("calls").replaceChildren(...spoken.map((call) => h("li", { class: call.status === 200 ? "" : "bad", title: call.problem }, call.method, h("span", {}, String(call.status)))));
  $("rules-title").hidden = faults.length === 0;
  $("rules").replaceChildren(...[...new Set(faults)].slice(-6).map((fault) => h("li", {}, fault)));
  $("clock").textContent = new Date(worldNow() * 1000).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

let looking = 0;

function drawer(open) {
  $("drawer").hidden = !open;
  document.querySelector(".app").classList.toggle("with-drawer", open);
  $("open-drawer").setAttribute("aria-expanded", String(open));
  clearInterval(looking);
  if (open) {
    loadCalls();
    looking = setInterval(loadCalls, 1000);
    $("close-drawer").focus();
  }
}

function listen() {
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("composer").value, photo = state.photo;
    if (!text.trim() && !photo) return;
    $("composer").value = "";
    say(text, photo);
    closeCommands();
  });
  $("composer").addEventListener("keydown", onKey);
  $("composer").addEventListener("input", () => { picked = 0; drawCommands(); resize(); });
  $("composer").addEventListener("paste", (event) => takePhoto(event.clipboardData.files[0]));
  $("menu").addEventListener("click", () => ($("commands").hidden ? (drawCommands(offered(true)), $("composer").focus()) : closeCommands()));
  $("attach").addEventListener("click", () => $("photo-input").click());
  $("photo-input").addEventListener("change", (event) => { takePhoto(event.target.files[0]); event.target.value = ""; });
  $("scroll").addEventListener("scroll", scrolled, { passive: true });
  new ResizeObserver(() => state.stuck && toBottom()).observe($("scroll"));
  $("latest").addEventListener("click", () => { toBottom(); drawLatest(); });
  $("lightbox").addEventListener("click", () => $("lightbox").close());
  $("open-drawer").addEventListener("click", () => drawer($("drawer").hidden));
  $("open-drawer-small").addEventListener("click", () => drawer($("drawer").hidden));
  $("close-drawer").addEventListener("click", () => drawer(false));
  $("drawer").addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  $("block").addEventListener("click", () => block(!state.people.get(state.person).blocked));
  $("redeliver").addEventListener("click", async () => {
    const repeated = await post(`${TELEGRAM}/redeliver`, { count: 1 });
    toast(repeated?.count ? "The last update comes once more" : "There is nothing to repeat");
  });
  $("reset").addEventListener("click", () => post("/_sandbox/reset"));
  for (const node of document.querySelectorAll("[data-fault]")) {
    node.addEventListener("click", async () => {
      await post(`${TELEGRAM}/faults`, { kind: node.dataset.fault, retry_after: Number(node.dataset.after ?? 0) });
      toast(`${node.firstChild.textContent}: waiting for the next message`);
    });
  }
  for (const node of document.querySelectorAll("[data-advance]")) {
    node.addEventListener("click", () => post("/_sandbox/clock", { advance: Number(node.dataset.advance) }));
  }
  addEventListener("resize", resize);
}

async function begin() {
  const [person, chat] = location.hash.slice(1).split("/");
  listen();
  const seq = await load();
  if (state.people.has(person)) Object.assign(state, { person, chat: state.chats.has(chat) ? chat : person });
  await open(state.chat);
  const stream = new EventSource(`/_sandbox/stream?after=${seq}`);
  stream.onmessage = (event) => happen(JSON.parse(event.data));
  stream.addEventListener("bot", (event) => drawStatus(JSON.parse(event.data)));
  let lost = false;
  stream.onerror = () => { lost = true; drawStatus(null); };
  stream.onopen = () => { if (lost) location.reload(); }; // a restarted world counts from one again
}

begin();
