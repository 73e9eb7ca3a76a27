/* The interactive map, over the picture that the page shows anyway: same areas, same classes, same colours.

   It is loaded when a reader asks for it, from this server alone, and it has no background map. Without it, in print
   and where data are to be saved, the picture stays. Colours are read from the style sheet, dark mode included. */
"use strict";

(() => {
  const box = document.querySelector(".big-map");
  const saving = navigator.connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches;
  if (!box || saving) return;
  const picture = box.parentElement.querySelector("svg.map");
  const said = box.dataset;
  let map, popup, view, areas;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const button = (text, act) => {
    const made = element("button", { type: "button", className: "kern-btn kern-btn--secondary" });
    made.append(element("span", { className: "kern-label", textContent: text }));
    made.addEventListener("click", act);
    return made;
  };
  const rename = (made, text) => { made.firstChild.textContent = text; };

  /* The colour that the style sheet gives to a class of the picture. */
  const colours = (styles) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    document.body.append(svg);
    const found = styles.map((style) => {
      const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      shape.setAttribute("class", style);
      svg.append(shape);
      return [style, getComputedStyle(shape).fill];
    });
    svg.remove();
    return found;
  };

  /* The hatching of what is not published, as in the picture. */
  const hatching = () => {
    const size = 12, data = new Uint8ClampedArray(4 * size * size);
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
      const line = (x + y) % size < 3;
      data.set(line ? [107, 107, 107, 255] : [255, 255, 255, 255], 4 * (y * size + x));
    }
    return { width: size, height: size, data };
  };

  const bounds = (features) => {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    const walk = (place) => {
      if (typeof place[0] !== "number") return place.forEach(walk);
      found[0] = Math.min(found[0], place[0]); found[1] = Math.min(found[1], place[1]);
      found[2] = Math.max(found[2], place[0]); found[3] = Math.max(found[3], place[1]);
    };
    features.forEach((feature) => walk(feature.geometry.coordinates));
    return found;
  };

  const layers = (features) => {
    const styles = [...new Set(features.map((feature) => feature.properties.style))].filter((style) => style !== "suppressed");
    const filled = colours(styles);
    const fill = ["match", ["get", "style"], ...filled.flat(), "#fff"];
    /* Between two dark areas a dark border would not be seen. */
    const dark = filled.filter(([, colour]) => Math.max(...colour.match(/\d+/g)) < 160).map(([style]) => style);
    const border = dark.length ? ["match", ["get", "style"], dark, "#fff", "#4d4d4d"] : "#4d4d4d";
    const hidden = ["==", ["get", "style"], "suppressed"];
    return [
      { id: "shown", type: "fill", source: "areas", filter: ["!", hidden], paint: { "fill-color": styles.length ? fill : "#fff" } },
      { id: "hidden", type: "fill", source: "areas", filter: hidden, paint: { "fill-pattern": "hatch" } },
      { id: "borders", type: "line", source: "areas", paint: { "line-color": border, "line-width": 1 } },
      { id: "chosen", type: "line", source: "areas", filter: ["==", ["get", "key"], ""], paint: { "line-color": "#1a1a1a", "line-width": 4 } },
    ];
  };

  const close = () => {
    popup?.remove();
    map.setFilter("chosen", ["==", ["get", "key"], ""]);
  };

  const tell = (feature, place) => {
    const { key, name, label, quality, profile } = feature.properties;
    const shut = element("button", { type: "button", className: "link-button", textContent: said.close });
    shut.addEventListener("click", () => { close(); map.getCanvas().focus(); });
    const content = element("div", {},
      element("p", {}, element("strong", { textContent: name })),
      element("p", { textContent: label }),
      element("p", { textContent: quality }),
      element("p", {}, element("a", { href: profile, textContent: said.profile })),
      shut);
    content.setAttribute("role", "status");
    popup?.remove();
    popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false, focusAfterOpen: false, maxWidth: "none" })
      .setLngLat(place).setDOMContent(content).addTo(map);
    map.setFilter("chosen", ["==", ["get", "key"], key]);
  };

  const middle = (feature) => {
    const [west, south, east, north] = bounds([feature]);
    return [(west + east) / 2, (south + north) / 2];
  };

  const bar = () => {
    const id = "big-map-area";
    const choice = element("select", { id, className: "kern-form-input__select" }, element("option", { value: "", textContent: said.none }));
    [...areas].sort((a, b) => a.properties.name.localeCompare(b.properties.name, document.documentElement.lang, { numeric: true }))
      .forEach((area) => choice.append(element("option", { value: area.properties.key, textContent: area.properties.name })));
    choice.addEventListener("change", () => {
      const area = areas.find((one) => one.properties.key === choice.value);
      close();
      map.fitBounds(bounds(area ? [area] : areas), { padding: 24, maxZoom: 16 });
      if (area) tell(area, middle(area));
    });
    return element("div", { className: "big-map__bar" },
      element("div", { className: "kern-form-input" },
        element("label", { className: "kern-label", htmlFor: id, textContent: said.choose }),
        element("div", { className: "kern-form-input__select-wrapper" }, choice)),
      button(said.nearer, () => map.zoomIn()),
      button(said.farther, () => map.zoomOut()));
  };

  const load = () => new Promise((done, failed) => {
    if (window.maplibregl) return done();
    const script = element("script", { src: said.library });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  const draw = async () => {
    const answer = await fetch(said.areas, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    areas = (await answer.json()).features;
    await load();
    maplibregl.setWorkerUrl(said.worker);
    view = element("div", { className: "big-map__view" });
    box.append(bar(), view);
    map = new maplibregl.Map({
      container: view,
      attributionControl: false,
      bounds: bounds(areas),
      fitBoundsOptions: { padding: 24 },
      dragRotate: false,
      pitchWithRotate: false,
      locale: { "Map.Title": said.title },
      style: { version: 8, sources: { areas: { type: "geojson", data: { type: "FeatureCollection", features: areas } } }, layers: [] },
    });
    map.touchZoomRotate.disableRotation();
    map.on("load", () => {
      map.addImage("hatch", hatching());
      layers(areas).forEach((layer) => map.addLayer(layer));
    });
    map.on("click", (event) => {
      const [hit] = map.queryRenderedFeatures(event.point, { layers: ["shown", "hidden"] });
      if (hit) tell(hit, event.lngLat); else close();
    });
    map.on("idle", () => {
      const seen = map.queryRenderedFeatures({ layers: ["shown", "hidden"] }).map((feature) => feature.properties.key);
      box.dataset.ready = String(new Set(seen).size);
    });
    view.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); map.getCanvas().focus(); } });
  };

  const toggle = button(said.show, async () => {
    const wanted = box.hidden;
    try {
      if (wanted && !map) { box.hidden = false; await draw(); }
    } catch {
      box.replaceChildren(element("p", { className: "kern-body", role: "alert", textContent: said.failed }));
      toggle.remove();
      return;
    }
    box.hidden = !wanted;
    picture.classList.toggle("map--behind", wanted);
    toggle.setAttribute("aria-expanded", String(wanted));
    rename(toggle, wanted ? said.hide : said.show);
  });
  toggle.setAttribute("aria-expanded", "false");
  toggle.classList.add("map-toggle");
  box.before(toggle);
})();
