// Discord's markdown as nodes: blocks line by line, then what stands within a line.

import { h } from "./dom.js";

const INLINE = [
  [/^```(?:\w*\n)?([\s\S]+?)```/, (m) => h("pre", {}, m[1])],
  [/^`([^`]+)`/, (m) => h("code", {}, m[1])],
  [/^\\([\\*_~|`>#<@-])/, (m) => m[1]],
  [/^\|\|([\s\S]+?)\|\|/, (m, at) => h("span", { class: "spoiler", onclick: (e) => e.currentTarget.classList.add("shown") }, h("span", {}, ...inline(m[1], at)))],
  [/^\*\*\*([\s\S]+?)\*\*\*/, (m, at) => h("strong", {}, h("em", {}, ...inline(m[1], at)))],
  [/^\*\*([\s\S]+?)\*\*/, (m, at) => h("strong", {}, ...inline(m[1], at))],
  [/^__([\s\S]+?)__/, (m, at) => h("u", {}, ...inline(m[1], at))],
  [/^~~([\s\S]+?)~~/, (m, at) => h("s", {}, ...inline(m[1], at))],
  [/^\*(?!\s)([^*\n]+?)\*/, (m, at) => h("em", {}, ...inline(m[1], at))],
  [/^_(?!\s)([^_\n]+?)_(?!\w)/, (m, at) => h("em", {}, ...inline(m[1], at))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m, at) => link(m[2], inline(m[1], at))],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], [m[1]])],
  [/^https?:\/\/[^\s<]+[^\s<.,:;"'\])]/, (m) => link(m[0], [m[0]])],
  [/^<t:(\d+)(?::([tTdDfFR]))?>/, (m, at) => moment(Number(m[1]), m[2] ?? "f", at.now)],
  [/^<@!?(\d+)>/, (m, at) => h("span", { class: "mention" }, `@${at.name(m[1]) ?? "unknown"}`)],
  [/^<\/([\w -]+):\d+>/, (m) => h("span", { class: "mention" }, `/${m[1]}`)],
  [/^@(everyone|here)\b/, (m) => h("span", { class: "mention" }, m[0])],
];
const STARTS = /[`\\|*_~[<@h]/;

// `at` says who is who and when it is: {name: id -> name, now: seconds}
export function markdown(text, at) {
  const blocks = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (/^```/.test(lines[i])) {
      const end = lines.findIndex((line, n) => n >= i && line.replace(/^```\w*/, "").endsWith("```") && (n > i || line.length > 5));
      const code = lines.slice(i, end < 0 ? undefined : end + 1).join("\n");
      blocks.push(...inline(code, at));
      i = end < 0 ? lines.length : end;
      continue;
    }
    blocks.push(block(lines[i], at));
  }
  return merge(blocks);
}

function block(line, at) {
  const found = /^(#{1,3}|-#|>|[-*]|\d+\.) (.*)$/.exec(line);
  if (!found) return { line: inline(line, at) };
  const [, mark, rest] = found;
  if (mark.startsWith("#")) return h(`h${mark.length + 2}`, {}, ...inline(rest, at));
  if (mark === "-#") return h("small", { class: "subtext" }, ...inline(rest, at));
  if (mark === ">") return { quote: inline(rest, at) };
  return h("div", { class: "item" }, h("span", {}, /\d/.test(mark) ? mark : "•"), h("span", {}, ...inline(rest, at)));
}

// Plain lines keep their breaks between each other; quoted lines share one bar
function merge(blocks) {
  const nodes = [];
  let last = null;
  for (const part of blocks) {
    if (part.quote) {
      if (last !== "quote") nodes.push(h("blockquote", {}));
      else nodes.at(-1).append("\n");
      nodes.at(-1).append(...part.quote);
      last = "quote";
    } else if (part.line) {
      if (last === "line") nodes.push("\n");
      nodes.push(...part.line);
      last = "line";
    } else {
      nodes.push(part);
      last = "block";
    }
  }
  return nodes;
}

function inline(text, at) {
  const nodes = [];
  let plain = "";
  for (let i = 0; i < text.length;) {
    const found = STARTS.test(text[i]) && match(text.slice(i), at);
    if (!found) {
      plain += text[i++];
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(found.node);
    i += found.length;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function match(text, at) {
  for (const [pattern, make] of INLINE) {
    const found = pattern.exec(text);
    if (found) return { node: make(found, at), length: found[0].length };
  }
  return null;
}

const link = (url, inner) => h("a", { href: url, target: "_blank", rel: "noopener" }, ...inner);

const FORMS = {
  t: { hour: "2-digit", minute: "2-digit" }, T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function moment(seconds, form, now) {
  const date = new Date(seconds * 1000);
  const full = date.toLocaleString([], FORMS.F);
  if (form !== "R") return h("time", { class: "moment", title: full }, date.toLocaleString([], { hour12: false, ...FORMS[form] }));
  const away = seconds - now();
  const [unit, length] = UNITS.find(([, least]) => Math.abs(away) >= least) ?? UNITS.at(-1);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(away / length), unit);
  return h("time", { class: "moment", title: full }, words);
}
