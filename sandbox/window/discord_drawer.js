// The drawer of trouble: permissions, network, clock, and what the bot called.

import { $, get, h, post, toast } from "./dom.js";

const API = "/_sandbox/discord";
const RIGHTS = { VIEW_CHANNEL: "See the channel", SEND_MESSAGES: "Send messages", ATTACH_FILES: "Attach files", EMBED_LINKS: "Embed links" };

let world, here, looking = 0;

export function setupDrawer(theWorld, { here: theChannel, reload }) {
  world = theWorld;
  here = theChannel;
  const toggle = () => show($("drawer").hidden);
  $("open-drawer").addEventListener("click", toggle);
  $("open-drawer-small").addEventListener("click", toggle);
  $("close-drawer").addEventListener("click", () => show(false));
  $("drawer").addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  $("reset").addEventListener("click", () => post("/_sandbox/reset"));
  for (const node of document.querySelectorAll("[data-fault]")) {
    node.addEventListener("click", async () => {
      await post(`${API}/faults`, { kind: node.dataset.fault, retry_after: 5 });
      toast(`${node.firstChild.textContent}: waiting for the next answer`);
    });
  }
  for (const node of document.querySelectorAll("[data-order]")) {
    node.addEventListener("click", async () => {
      const done = await post(`${API}/${node.dataset.order}`, { forget: node.dataset.forget === "true" });
      toast(done?.dropped ? "The connection is dropped" : "No bot is connected");
    });
  }
  for (const node of document.querySelectorAll("[data-advance]")) {
    node.addEventListener("click", async () => { await post("/_sandbox/clock", { advance: Number(node.dataset.advance) }); await reload(); });
  }
}

function show(open) {
  $("drawer").hidden = !open;
  document.querySelector(".app").classList.toggle("with-drawer", open);
  $("open-drawer").setAttribute("aria-expanded", String(open));
  clearInterval(looking);
  if (!open) return;
  look();
  looking = setInterval(look, 1000);
  $("close-drawer").focus();
}

async function look() {
  drawRights();
  const { calls, faults } = await get("/_sandbox/journal");
  const spoken = calls.filter((call) => call.service === "discord").slice(-12).reverse();
  $("calls").replaceChildren(...spoken.map((call) => h("li", { class: call.status < 300 ? "" : "bad", title: call.problem }, call.method, h("span", {}, String(call.status)))));
  $("rules-title").hidden = faults.length === 0;
  $("rules").replaceChildren(...[...new Set(faults)].slice(-6).map((fault) => h("li", {}, fault)));
  $("clock").textContent = new Date(world.now() * 1000).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

let rights = "";

function drawRights() {
  const channel = here();
  $("rights-section").hidden = !channel.guild || !channel.has_bot;
  const signature = JSON.stringify([channel.key, channel.denied]);
  if (signature === rights) return;
  rights = signature;
  const denied = channel.denied.bot;
  const change = (name, allowed) => post(`${API}/permissions`, { channel: channel.key, deny: allowed ? denied.filter((d) => d !== name) : [...denied, name] });
  $("rights").replaceChildren(...Object.entries(RIGHTS).map(([name, label]) => h("label", {},
    h("input", { type: "checkbox", checked: !denied.includes(name), onchange: (e) => change(name, e.target.checked) }), label)));
}
