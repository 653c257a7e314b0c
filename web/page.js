// Refreshes the page in place and writes times in the reader's zone. The page works without it.
"use strict";
(() => {
  const page = document.documentElement.lang || "en";
  // The reader's own way to write a date, if that is in the language of the page.
  const zone = navigator.languages.find((name) => name.slice(0, 2) === page.slice(0, 2)) || page;
  const absolute = new Intl.DateTimeFormat(zone, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hour12: false, timeZoneName: "short",
  });
  const relative = new Intl.RelativeTimeFormat(zone, { numeric: "auto", style: "short" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function distance(time) {
    const seconds = (time - Date.now()) / 1000;
    for (const [unit, length] of units) {
      if (Math.abs(seconds) >= length || unit === "second") return relative.format(Math.trunc(seconds / length), unit);
    }
    return "";
  }

  function writeTimes(root) {
    for (const element of root.querySelectorAll("time[datetime]")) {
      const time = Date.parse(element.dateTime);
      if (Number.isNaN(time)) continue;
      const text = `${absolute.format(time)} (${distance(time)})`;
      if (element.textContent !== text) element.textContent = text;
      if (element.title !== element.dateTime) element.title = element.dateTime;
    }
  }

  // What has the focus, so that it can be found again in the new content.
  function trail(element, root) {
    if (!element || element === root || !root.contains(element)) return null;
    if (element.id) return { selector: `#${CSS.escape(element.id)}`, index: 0 };
    const row = element.closest("[data-key]");
    const base = row && root.contains(row) ? row : root;
    const tag = element.tagName.toLowerCase();
    return {
      key: base === row ? row.dataset.key : null, tag,
      index: [...base.querySelectorAll(tag)].indexOf(element),
    };
  }

  function follow(mark, root) {
    if (mark.selector) return root.querySelector(mark.selector);
    let base = root;
    if (mark.key !== null) {
      base = [...root.querySelectorAll("[data-key]")].find((row) => row.dataset.key === mark.key);
    }
    return base ? base.querySelectorAll(mark.tag)[mark.index] : null;
  }

  function replace(old, fresh) {
    const mark = trail(document.activeElement, old);
    const open = new Set([...old.querySelectorAll("details[open][id]")].map((element) => element.id));
    const scrolled = [...old.querySelectorAll(".scroll")].map((element) => element.scrollLeft);
    old.replaceChildren(...fresh.childNodes);
    for (const element of old.querySelectorAll("details[id]")) if (open.has(element.id)) element.open = true;
    old.querySelectorAll(".scroll").forEach((element, index) => { element.scrollLeft = scrolled[index] || 0; });
    writeTimes(old);
    if (mark) {
      const element = follow(mark, old);
      if (element) element.focus({ preventScroll: true });
    }
  }

  const sources = new Map();
  let etag = null;

  function remember(root) {
    for (const element of root.querySelectorAll("[data-refresh][id]")) sources.set(element.id, element.innerHTML);
  }

  async function refresh() {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store", credentials: "same-origin" });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    etag = answer.headers.get("ETag");
    const page = new DOMParser().parseFromString(text, "text/html");
    if (document.title !== page.title) document.title = page.title;
    const [icon, next] = [document.getElementById("icon"), page.getElementById("icon")];
    if (icon && next && icon.getAttribute("href") !== next.getAttribute("href")) {
      icon.setAttribute("href", next.getAttribute("href"));
    }
    for (const fresh of page.querySelectorAll("[data-refresh][id]")) {
      const old = document.getElementById(fresh.id);
      if (!old || sources.get(fresh.id) === fresh.innerHTML) continue;
      sources.set(fresh.id, fresh.innerHTML);
      replace(old, fresh);
    }
  }

  // A change shows within two seconds; a page that takes long is asked for less often.
  async function keepRefreshing() {
    for (;;) {
      const began = Date.now();
      if (!document.hidden) {
        try {
          await refresh();
        } catch {
          etag = null;
        }
      }
      const took = Date.now() - began;
      await new Promise((resolve) => { setTimeout(resolve, Math.max(1200, took * 4)); });
    }
  }

  remember(document);
  writeTimes(document);
  if (document.body.hasAttribute("data-live")) keepRefreshing();
  setInterval(() => writeTimes(document), 10000);
})();
