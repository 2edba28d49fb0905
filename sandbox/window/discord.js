// The Discord side of the window: servers, channels, messages. State comes once from
// /_sandbox/discord/state and /messages, then as server-sent events for the chosen person.

import { $, get, h, icon, post, toast } from "./dom.js";
import { gist, messageNode } from "./discord_messages.js";
import { resetComposer, setupComposer, showChoices, startReply } from "./discord_composer.js";
import { openMenu, openModal, openSelect } from "./discord_popups.js";
import { setupDrawer } from "./discord_drawer.js";

const API = "/_sandbox/discord";
const NEAR_BOTTOM = 90;
const SAME_BREATH = 420; // seconds in which messages of one person share a head
const TYPING_SHOWN = 10_000;

const world = {
  people: new Map(), guilds: [], channels: new Map(), bot: {}, commands: [],
  person: "asha", channel: "general", messages: new Map(), // channel key -> Map(id -> message)
  failed: new Set(), // messages whose button was not answered
  pending: new Map(), // interaction -> {title, message, custom_id, failed}
  unread: new Map(), typing: 0, clockAhead: 0, stuck: true,
  nameOf: (key) => (key === "bot" ? world.bot.name : world.people.get(key)?.name ?? key),
  message: (id) => world.messages.get(world.channel)?.get(id),
  waiting: (message, customId) => [...world.pending.values()].some((p) => !p.failed && p.message === message && p.custom_id === customId),
  now: () => Date.now() / 1000 + world.clockAhead,
  title: () => title(world.channels.get(world.channel)),
  at: { name: (id) => nameById(id), now: () => world.now() },
  avatar,
};
const here = () => world.channels.get(world.channel);

function nameById(id) {
  return id === world.bot.id ? world.bot.name : [...world.people.values()].find((p) => p.id === id)?.name;
}

function avatar(key) {
  return h("span", { class: `avatar ${key}`, "aria-hidden": "true" }, key === "bot" ? icon("spark") : world.nameOf(key)[0]);
}

const title = (channel) => (channel.kind === "text" ? `#${channel.name}` : channel.kind === "dm" ? world.bot.name : channel.name);

// The log is drawn by keys: a message whose signature has not changed keeps its node

const drawn = new Map();

function items() {
  const found = [];
  let day = "", last = null;
  for (const message of world.messages.get(world.channel)?.values() ?? []) {
    const today = new Date(message.sent * 1000).toDateString();
    if (today !== day) found.push({ key: `day-${(day = today)}`, day: message.sent });
    const follows = Boolean(last && found.at(-1).message === last && last.author === message.author && message.sent - last.sent < SAME_BREATH && !message.asked && !message.reply_to && last.ephemeral === message.ephemeral);
    found.push({ key: `m-${message.id}`, message, follows });
    last = message;
  }
  for (const [id, waiting] of world.pending) {
    if (!waiting.title || waiting.channel !== world.channel) continue;
    const after = found.findIndex((item) => item.message?.sent > waiting.since);
    found.splice(after < 0 ? found.length : after, 0, { key: `p-${id}-${waiting.failed}`, pending: waiting });
  }
  return found;
}

function draw({ fresh = false } = {}) {
  const list = items();
  const nodes = list.map((item) => {
    const about = item.message && [item.message.loading && world.clockAhead, world.failed.has(item.message.id), waitingOn(item.message.id), world.message(item.message.reply_to)?.seq];
    const signature = JSON.stringify([item, about]);
    const known = drawn.get(item.key);
    if (known?.signature === signature) return known.node;
    const node = item.message ? messageNode(item.message, item.follows, world, acts) : item.pending ? pendingNode(item.pending) : dayNode(item.day);
    if (fresh && !known && item === list.at(-1)) node.classList.add("fresh");
    drawn.set(item.key, { signature, node });
    return node;
  });
  const log = $("log");
  if (!list.some((item) => item.message || item.pending)) nodes.unshift(welcome());
  if (nodes.length !== log.children.length || nodes.some((node, i) => log.children[i] !== node)) log.replaceChildren(...nodes);
  if (world.stuck) toBottom();
}

const waitingOn = (message) => [...world.pending.values()].filter((p) => p.message === message && !p.failed).map((p) => p.custom_id).join();

function toBottom() {
  world.stuck = true;
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

// A command that was sent and not yet taken in, or never answered
function pendingNode(pending) {
  return h("article", { class: `message pending${pending.failed ? " broken" : ""}`, "data-testid": pending.failed ? "no-response" : "sending" },
    h("div", { class: "answers" }, avatar(world.person), h("b", {}, world.nameOf(world.person)), " used ", h("span", { class: "mention" }, pending.title)),
    h("div", { class: "gutter" }, avatar("bot")),
    h("div", { class: "body" }, h("div", { class: "byline" }, h("b", { class: "bot" }, world.bot.name), h("span", { class: "badge-app" }, "APP")),
      h("p", { class: pending.failed ? "failed" : "thinking" }, pending.failed ? "The application did not respond" : "Sending command…"),
      pending.failed ? h("div", { class: "foot" }, h("p", { class: "only-you" }, icon("eye"), "Only you can see this · ", h("button", { type: "button", onclick: () => { world.pending.delete(pending.id); draw(); } }, "Dismiss message"))) : null));
}

function dayNode(seconds) {
  const date = new Date(seconds * 1000);
  return h("div", { class: "day" }, date.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" }));
}

function welcome() {
  const channel = here();
  const about = channel.kind === "dm" ? "Your private chat with the app. Type / to see what it can do." : channel.has_bot ? "This is the beginning of the channel. Type / to see what the app can do." : "The app is no member here; what you installed for yourself works anyway. Type / to see it.";
  const mark = channel.kind === "dm" ? avatar("bot") : h("span", { class: "big-mark" }, icon(glyph(channel)));
  return h("div", { class: "beginning" }, mark, h("h2", {}, channel.kind === "text" ? `Welcome to #${channel.name}!` : title(channel)), h("p", {}, about));
}

const glyph = (channel) => (channel.kind === "group" ? "people" : channel.age_restricted ? "hash-adult" : "hash");

// The side and the top

function drawSide() {
  $("people").replaceChildren(...[...world.people.values()].map((person) => h("button", {
    class: "person", role: "radio", "aria-checked": String(person.key === world.person), "data-testid": `person-${person.key}`, "aria-label": person.name, onclick: () => open(world.channel, person.key),
  }, avatar(person.key), h("span", { class: "name" }, person.name))));
  const mine = [...world.channels.values()].filter((channel) => channel.members.includes(world.person));
  const groups = [["Direct messages", mine.filter((c) => !c.guild).sort((a) => (a.kind === "dm" ? -1 : 1))], ...world.guilds.map((g) => [g.name, mine.filter((c) => c.guild === g.key), g])];
  $("channels").replaceChildren(...groups.flatMap(([name, channels, guild]) => [
    h("h2", {}, name, guild && !guild.has_bot ? h("span", { class: "note", title: "Here people bring the app themselves" }, "without the bot") : null),
    h("div", { role: "list", "aria-label": name }, ...channels.map(channelNode)),
  ]));
}

function channelNode(channel) {
  const count = world.unread.get(channel.key) ?? 0;
  return h("button", {
    class: `channel${count ? " unread" : ""}`, role: "listitem", "aria-current": String(channel.key === world.channel), "data-testid": `channel-${channel.key}`, onclick: () => open(channel.key),
  }, channel.kind === "dm" ? avatar("bot") : icon(glyph(channel)), h("span", {}, channel.kind === "text" ? channel.name : title(channel)), count ? h("span", { class: "badge" }, String(count)) : null);
}

function drawTop() {
  const channel = here();
  const notes = [channel.age_restricted && "Age-restricted", channel.denied.bot.includes("ATTACH_FILES") && "the bot may not attach files here", channel.denied.bot.includes("SEND_MESSAGES") && "the bot may not write here by itself"];
  const busy = world.typing > Date.now();
  $("room-icon").replaceChildren(channel.kind === "dm" ? avatar("bot") : icon(glyph(channel)));
  $("room-name").textContent = channel.kind === "text" ? channel.name : title(channel);
  $("room-note").className = busy ? "busy" : "";
  $("room-note").textContent = busy ? `${world.bot.name} is typing` : notes.filter(Boolean).join(" · ") || (channel.guild ? world.guilds.find((g) => g.key === channel.guild).name : "");
  document.title = `${title(channel)} · Discord`;
}

function drawStatus(connected) {
  $("status").dataset.on = connected === null ? "lost" : String(connected);
  $("status").textContent = connected === null ? "Sandbox stopped" : connected ? "Bot connected" : "Waiting for the bot";
}

// Acts

const place = () => ({ person: world.person, channel: world.channel });
const sent = (posted, about) => {
  if (!posted || over.has(posted.interaction)) return;
  world.pending.set(posted.interaction, { id: posted.interaction, channel: world.channel, since: world.now(), failed: false, ...about });
  toBottom();
  draw();
};
const over = new Set(); // interactions that ended before the reply to our own POST came

const acts = {
  press: async (message, button) => {
    world.failed.delete(message.id);
    sent(await post(`${API}/press`, { ...place(), message: message.id, custom_id: button.custom_id }), { message: message.id, custom_id: button.custom_id });
  },
  choose: (message, select, anchor) => openSelect(select, anchor, async (values) => {
    sent(await post(`${API}/press`, { ...place(), message: message.id, custom_id: select.custom_id, values }), { message: message.id, custom_id: select.custom_id });
  }),
  use: async (message, command) => sent(await post(`${API}/menu`, { ...place(), message: message.id, command: command.name }), { title: command.label }),
  menu: (message, x, y) => openMenu(message, x, y, world.commands, acts),
  reply: startReply,
  dismiss: (message) => post(`${API}/dismiss`, { ...place(), message: message.id }),
  show: (id) => document.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" }),
};

async function open(channel, person = world.person) {
  const moved = person !== world.person;
  if (!world.channels.get(channel)?.members.includes(person)) channel = channel.startsWith("dm-") ? `dm-${person}` : "general";
  Object.assign(world, { channel, person, stuck: true, typing: 0 });
  world.unread.delete(channel);
  history.replaceState(null, "", `#${person}/${channel}`);
  drawn.clear();
  if (moved) {
    world.pending.clear();
    world.unread.clear();
    await begin();
  } else {
    await loadCommands();
    drawAll();
  }
  resetComposer();
  $("composer").focus();
}

// What happens

function happen(event) {
  const log = world.messages.get(event.channel);
  switch (event.kind) {
    case "message": case "edited":
      log?.set(event.message.id, event.message);
      if (event.message.author === "bot") world.typing = 0;
      if (event.kind === "message" && event.channel !== world.channel && world.channels.get(event.channel).members.includes(world.person)) {
        world.unread.set(event.channel, (world.unread.get(event.channel) ?? 0) + 1);
        drawSide();
      }
      return draw({ fresh: event.kind === "message" });
    case "deleted": log?.delete(event.message.id); return draw();
    case "typing":
      if (event.channel !== world.channel) return null;
      world.typing = Date.now() + TYPING_SHOWN;
      setTimeout(drawTop, TYPING_SHOWN + 50);
      return drawTop();
    case "acknowledged": return end(event.interaction, false);
    case "failed": return end(event.interaction, true);
    case "modal": return openModal(event.modal, world.person, (posted) => sent(posted, {}));
    case "choices": return showChoices(event.interaction, event.choices);
    case "commands": return loadCommands();
    case "connection": return null;
    case "reset": world.pending.clear(); drawn.clear(); return load();
    default: return load();
  }
}

function end(interaction, failed) {
  over.add(interaction);
  const pending = world.pending.get(interaction);
  if (!pending) return;
  if (failed && pending.title) pending.failed = true;
  else world.pending.delete(interaction);
  if (failed && pending.message) world.failed.add(pending.message);
  if (failed && !pending.title && !pending.message) toast("Something went wrong. Try again.");
  draw();
}

// Loading

async function load() {
  const found = await get(`${API}/state`);
  Object.assign(world, {
    people: new Map(found.people.map((p) => [p.key, p])), guilds: found.guilds, channels: new Map(found.channels.map((c) => [c.key, c])), bot: found.bot, clockAhead: found.now - Date.now() / 1000,
  });
  if (!world.people.has(world.person)) world.person = "asha";
  if (!here()?.members.includes(world.person)) world.channel = "general";
  const mine = found.channels.filter((c) => c.members.includes(world.person));
  await Promise.all(mine.map(async (channel) => {
    const { messages } = await get(`${API}/messages?person=${world.person}&channel=${channel.key}`);
    world.messages.set(channel.key, new Map(messages.map((m) => [m.id, m])));
  }));
  await loadCommands();
  drawStatus(found.bot.connected);
  drawAll();
  return found.seq;
}

async function loadCommands() {
  world.commands = (await get(`${API}/commands?person=${world.person}&channel=${world.channel}`)).commands;
}

function drawAll() {
  drawSide();
  drawTop();
  draw();
}

let stream = null;

// Follow what this person can see; a restarted world counts from one again
async function begin() {
  stream?.close();
  world.messages.clear();
  const seq = await load();
  const listening = new EventSource(`${API}/stream?person=${world.person}&after=${seq}`);
  stream = listening;
  listening.onmessage = (event) => happen(JSON.parse(event.data));
  listening.addEventListener("bot", (event) => drawStatus(JSON.parse(event.data)));
  let lost = false;
  listening.onerror = () => { lost = true; drawStatus(null); };
  listening.onopen = () => { if (lost) location.reload(); };
}

const [person, channel] = location.hash.slice(1).split("/");
Object.assign(world, { person: person || "asha", channel: channel || "general" });
setupComposer(world, (posted, label) => sent(posted, { title: label }));
setupDrawer(world, { here, reload: load });
$("lightbox").addEventListener("click", () => $("lightbox").close());
$("scroll").addEventListener("scroll", () => {
  const scroll = $("scroll");
  world.stuck = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_BOTTOM;
}, { passive: true });
new ResizeObserver(() => world.stuck && toBottom()).observe($("scroll"));
await begin();
resetComposer();
