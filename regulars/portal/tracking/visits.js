// Tells Regulars what visitors of this site do, once they agree. Until then nothing is stored and nothing is sent.
(() => {
  const tag = document.currentScript;
  const key = tag.dataset.key;
  const address = new URL("./", tag.src).href;
  const STORE = "regulars-visits";
  const MOST_EVENTS = 25;
  const SEND_AFTER_MS = 2000;

  const isRefusedByBrowser = () =>
    navigator.globalPrivacyControl === true || navigator.doNotTrack === "1" || window.doNotTrack === "1";
  const randomName = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");
  const read = (storage) => {
    try {
      return JSON.parse(storage.getItem(STORE) ?? "null");
    } catch {
      return null;
    }
  };

  const cameFrom = () => {
    const asked = new URLSearchParams(location.search);
    const source = asked.get("utm_source");
    if (source) return { came_from: source.slice(0, 60), campaign: (asked.get("utm_campaign") ?? "").slice(0, 120) };
    try {
      const host = new URL(document.referrer).hostname;
      return { came_from: host === location.hostname ? "direct" : host.slice(0, 60), campaign: "" };
    } catch {
      return { came_from: "direct", campaign: "" };
    }
  };
  const device = () => {
    if (!matchMedia("(pointer: coarse)").matches) return "computer";
    return Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
  };

  let queue = [];
  let timer = 0;

  const send = () => {
    clearTimeout(timer);
    timer = 0;
    const consent = read(localStorage);
    if (!consent || !queue.length) return;
    const session = read(sessionStorage) ?? { session: randomName(), ...cameFrom() };
    sessionStorage.setItem(STORE, JSON.stringify(session));
    const events = queue.splice(0, MOST_EVENTS).map(({ at, ...event }) => ({
      ...event,
      ago: Math.min(Math.max(Math.round((Date.now() - at) / 1000), 0), 3600),
    }));
    const body = { key, visitor: consent.visitor, device: device(), consent: consent.consent, events, ...session };
    // Plain text, so that no other request has to ask for permission first; without cookies.
    fetch(address, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      keepalive: true,
      headers: { "Content-Type": "text/plain" },
      body: JSON.stringify(body),
    }).catch(() => {});
    if (queue.length) send();
  };

  const tell = (kind, more = {}) => {
    if (!read(localStorage) || isRefusedByBrowser()) return;
    const event = { id: randomName(), kind, path: location.pathname, at: Date.now() };
    for (const name of ["sku", "order", "section"]) if (more[name]) event[name] = String(more[name]);
    queue.push(event);
    if (!timer) timer = setTimeout(send, SEND_AFTER_MS);
  };

  const agree = ({ person = false } = {}) => {
    if (isRefusedByBrowser()) return;
    const before = read(localStorage);
    const visitor = before?.visitor ?? randomName();
    localStorage.setItem(STORE, JSON.stringify({ visitor, consent: { analytics: true, person } }));
    if (!before) tell("page");
  };

  const refuse = () => {
    queue = [];
    localStorage.removeItem(STORE);
    sessionStorage.removeItem(STORE);
  };

  window.regularsVisits = { agree, refuse, tell };
  addEventListener("pagehide", send);
  if (isRefusedByBrowser()) refuse();
  tell("page");
})();
