/* Keeps the marked parts of a page that is open as they are on the server. Without it, pages work
   as before. */
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";

const AFTER = 100; // news often comes in twos and threes
const AT_MOST_EVERY = 600;
const COME_AGAIN = 15000; // a browser gives up by itself where it was refused
const BY_ITSELF = { "wlc-live": "1" };

const main = document.querySelector("[data-live]");
const find = (name) => document.querySelector(`[data-live-${name}]`);
const unsent = new Set(); // forms that somebody began to fill in
let kinds = [];
let waiting = null;
let fetchedAt = 0;
let news = [];
let shown = main?.querySelector("[data-live-part]").innerHTML; // what the server said last
const told = []; // what this tab heard from the server, for tabs that were just opened

export function keepUpToDate() {
  if (!main || !window.EventSource) return;
  kinds = main.dataset.live.split(" ");
  document.addEventListener("input", (event) => event.target.form && unsent.add(event.target.form));
  document.addEventListener("reset", (event) => unsent.delete(event.target));
  find("show")?.addEventListener("click", () => refresh(true));
  const channel = window.BroadcastChannel ? new BroadcastChannel("wlc-live") : null;
  const tell = (said) => {
    told.push(said);
    if (told.length > 100) told.shift();
    take(said);
    channel?.postMessage(said);
  };
  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.kind !== "asked") take(data);
      else for (const each of told) if (each.at > data.since) channel.postMessage(each);
    };
    channel.postMessage({ kind: "asked", since: Number(main.dataset.liveSince) });
  }
  // One connection for all tabs: a browser has only six for one address.
  if (channel && navigator.locks) navigator.locks.request("wlc-live", () => new Promise(() => listen(tell)));
  else listen(tell);
}

function listen(tell) {
  let last = main.dataset.liveSince;
  const connect = () => {
    const source = new EventSource(`/live?since=${last}`);
    source.addEventListener("news", (event) => {
      last = event.lastEventId || last;
      tell({ ...JSON.parse(event.data), at: Number(last) });
    });
    source.addEventListener("missed", () => { last = String(Date.now()); tell({ kind: "missed" }); });
    source.addEventListener("ended", () => { source.close(); tell({ kind: "ended" }); });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, COME_AGAIN);
    });
  };
  connect();
}

function take(said) {
  if (said.kind === "ended") { announce("You are signed out. Load this page again."); return; }
  if (said.kind !== "missed" && !concerns(said)) return;
  news.push(said);
  const wait = Math.max(AFTER, fetchedAt + AT_MOST_EVERY - Date.now());
  waiting ??= setTimeout(() => { waiting = null; refresh(false); }, wait);
}

function concerns(said) {
  const own = /^\/(matches|sessions)\/([^/]+)$/.exec(location.pathname);
  const kind = { matches: "match", sessions: "session" }[own?.[1]];
  if (!own) return kinds.includes(said.kind);
  return said.kind === kind ? said.id === own[2] : kind === "match" && said.kind === "session";
}

async function refresh(isAsked) {
  fetchedAt = Date.now();
  let page;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: BY_ITSELF, cache: "no-store" });
    if (answer.redirected) { announce("You are signed out. Load this page again."); return; }
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the next news, or the next connection, brings it
  }
  const heard = news;
  news = [];
  document.title = page.title;
  const part = document.querySelector("[data-live-part]");
  if (swap(part, page.getElementById(part.id), isAsked)) say(heard);
}

function swap(part, fresh, isAsked) {
  if (!fresh || fresh.innerHTML === shown) return false;
  if (!isAsked && isInUse(part)) { banner("This has changed.", true); return false; }
  shown = fresh.innerHTML;
  const focused = part.contains(document.activeElement) ? address(document.activeElement) : null;
  part.replaceWith(document.adoptNode(fresh));
  unsent.clear();
  if (find("banner")) find("banner").hidden = true;
  initAll({ scope: fresh });
  if (isAsked) focus(fresh); else if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
  return true;
}

function isInUse(part) {
  const form = document.activeElement?.form ?? document.activeElement?.closest?.("form, details");
  const begun = [...unsent].some((each) => part.contains(each));
  return begun || (form && part.contains(form)) || part.querySelector("details[open] form") !== null;
}

function address(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const to = element.getAttribute("href");
  return to ? `a[href="${CSS.escape(to)}"]` : null;
}

function focus(part) {
  const head = part.querySelector("h1");
  head?.setAttribute("tabindex", "-1");
  head?.focus();
}

function banner(text, canShow) {
  if (!find("banner")) return;
  find("text").textContent = text;
  find("show").hidden = !canShow;
  find("banner").hidden = false;
  if (find("said")) find("said").textContent = text;
}

function announce(text) {
  banner(text, false);
}

function say(heard) {
  const match = heard.find((each) => each.kind === "match" && each.status === "proposed");
  const text = match?.title ? `${match.title}: a match waits for a decision.` : "This page was brought up to date.";
  if (heard.length && find("said")) find("said").textContent = text;
}
