// Draws the charts that regulars.ui.charts describes, in the colours of the theme and the language of the page.
(() => {
  const language = document.documentElement.lang === "ru" ? "ru-RU" : "en-GB";
  const drawn = new Map();

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const palette = () => {
    const isDark = document.documentElement.dataset.bsTheme === "dark";
    return isDark
      ? ["#6cc4a4", "#eb9670", "#8dc0e6", "#e4b862", "#c9a2d8", "#a9bd6a", "#e5a1b5", "#9db0a8"]
      : ["#1b6650", "#c8643c", "#3d7cab", "#c99a2e", "#85579b", "#7a8c2f", "#b6577a", "#6f8079"];
  };
  const toneColour = (tone) => ({ good: token("--good"), warn: token("--warn"), bad: token("--bad"), info: token("--info"), quiet: token("--line-strong") })[tone];

  const formatter = (unit, isShort) => {
    const options = isShort
      ? { notation: "compact", maximumFractionDigits: 1 }
      : { maximumFractionDigits: unit.kind === "money" ? 0 : unit.digits };
    if (unit.kind === "percent") {
      const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: isShort ? 0 : unit.digits });
      return (value) => format.format(value);
    }
    if (unit.kind === "money") {
      const format = new Intl.NumberFormat(language, {
        ...options, style: "currency", currency: unit.currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: 0,
      });
      return (value) => format.format(value / 10 ** unit.exponent);
    }
    const format = new Intl.NumberFormat(language, options);
    return (value) => format.format(value);
  };

  const dayFormat = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  const monthFormat = new Intl.DateTimeFormat(language, { month: "short", year: "numeric" });

  const axis = (own, unit) => ({
    ...own,
    ...(own.type === "time" && { axisPointer: { label: { formatter: (point) => dayFormat.format(point.value) } } }),
    axisLine: { show: own.type !== "value", lineStyle: { color: token("--line") } },
    axisTick: { show: false },
    splitLine: { show: own.type === "value", lineStyle: { color: token("--line") } },
    axisLabel: {
      color: token("--ink-soft"),
      hideOverlap: true,
      ...(own.type === "value" && { formatter: formatter(unit, true) }),
      ...(own.type === "time" && { formatter: (value) => monthFormat.format(value) }),
      ...(own.type === "category" && { overflow: "truncate", width: 150 }),
    },
  });

  const series = (own, data, colours) => {
    const styled = { ...own };
    const tone = toneColour(data.tones[own.name]);
    if (tone) styled.color = tone;
    if (own.type === "pie") {
      styled.itemStyle = { borderColor: token("--surface"), borderWidth: 2 };
      styled.data = own.data.map((part) => {
        const colour = toneColour(data.tones[part.name]);
        return colour ? { ...part, itemStyle: { color: colour } } : part;
      });
    }
    if (own.type === "bar") styled.itemStyle = { borderRadius: own.stack ? 0 : 3 };
    if (own.type === "sankey") {
      const format = formatter(data.unit, false);
      styled.data = own.data.map((node, place) => ({
        ...node,
        itemStyle: { color: toneColour(data.tones[node.name]) ?? colours[place % colours.length], borderWidth: 0 },
        // The last column has its words on its left: there is no room on the right.
        label: { position: node.depth === Math.max(...own.data.map((other) => other.depth)) ? "left" : "right" },
      }));
      styled.lineStyle = { color: "source", opacity: 0.28, curveness: 0.5 };
      styled.label = {
        color: token("--ink"),
        fontSize: 12,
        formatter: (node) => `${node.data.title}  ${format(node.value)}`,
      };
    }
    if (own.type === "heatmap") {
      const format = formatter(data.unit, true);
      styled.label = { ...own.label, fontSize: 11, formatter: (cell) => format(cell.value[2]) };
      styled.itemStyle = { borderColor: token("--surface"), borderWidth: 2, borderRadius: 3 };
    }
    return styled;
  };

  // Narrower cells have no room for their figure; the table behind the button holds it.
  const NARROWEST_LABELLED_CELL = 32;

  const heatLabels = (option, width) => {
    const isDark = document.documentElement.dataset.bsTheme === "dark";
    const { min, max } = option.visualMap;
    const turn = min + (max - min) * (isDark ? 0.5 : 0.72);
    const [heat] = option.series;
    heat.label.show = (width - 110) / option.xAxis.data.length >= NARROWEST_LABELLED_CELL;
    heat.data = heat.data.map((cell) => ({
      value: cell,
      label: { color: cell[2] > turn ? token("--on-pine") : token("--ink") },
    }));
  };

  const flowTip = (data) => {
    const format = formatter(data.unit, false);
    const titles = new Map(data.option.series[0].data.map((node) => [node.name, node.title]));
    return (part) =>
      part.dataType === "edge"
        ? `${titles.get(part.data.source)} → ${titles.get(part.data.target)}: ${format(part.value)}`
        : `${part.data.title}: ${format(part.value)}`;
  };

  // A band is drawn as two layers of which neither value is what a reader wants; its own two ends are told instead.
  const bandTip = (data) => {
    const format = (value) => (value === null || value === undefined ? "–" : formatter(data.unit, false)(value));
    const bands = new Map(data.bands.map((band) => [band.name, band]));
    const line = (part) => {
      const band = bands.get(part.seriesName);
      if (!band) return part.value === null || part.value === undefined ? "" : `${part.seriesName}: ${format(part.value)}`;
      const [low, high] = [band.lows[part.dataIndex], band.highs[part.dataIndex]];
      return low === null ? "" : `${band.name}: ${format(low)} – ${format(high)}`;
    };
    const isTold = (part) => !/^band\d+-low$/.test(part.seriesName);
    return (parts) => [parts[0].axisValueLabel, ...parts.filter(isTold).map(line)].filter(Boolean).join("\n");
  };

  const optionOf = (data, width) => {
    const full = formatter(data.unit, false);
    const option = { ...data.option };
    option.color = palette();
    option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, color: token("--ink") };
    option.animation = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    option.animationDuration = 300;
    option.tooltip = {
      ...option.tooltip,
      renderMode: "richText",
      confine: true,
      backgroundColor: token("--surface"),
      borderColor: token("--line"),
      textStyle: { color: token("--ink"), fontSize: 13 },
      valueFormatter: (value) => (value === null || value === undefined ? "–" : full(Array.isArray(value) ? value.at(-1) : value)),
    };
    if (option.series[0].type === "sankey") option.tooltip.formatter = flowTip(data);
    if (data.bands) {
      option.tooltip.formatter = bandTip(data);
      // A band wears the colour of its line: layers of bands stand first, in the order of the lines.
      const layers = data.bands.length * 2;
      option.series = option.series.map((one, place) => ({
        color: option.color[(place < layers ? Math.floor(place / 2) : place - layers) % option.color.length],
        ...one,
      }));
    }
    if (option.xAxis) option.xAxis = axis(option.xAxis, data.unit);
    if (option.yAxis) option.yAxis = axis(option.yAxis, data.unit);
    if (option.legend) option.legend = { ...option.legend, textStyle: { color: token("--ink-soft") }, icon: "roundRect", itemWidth: 12, itemHeight: 8 };
    if (option.visualMap) {
      option.visualMap = { ...option.visualMap, inRange: { color: [token("--pine-wash"), token("--pine")] } };
    }
    option.series = option.series.map((one) => series(one, data, option.color));
    if (option.visualMap) heatLabels(option, width);
    return option;
  };

  const draw = (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector(".chart-canvas");
    const chart = drawn.get(figure) ?? window.echarts.init(canvas, null, { renderer: "canvas" });
    drawn.set(figure, chart);
    chart.setOption(optionOf(data, canvas.clientWidth), true);
    figure.dataset.drawn = "yes";
  };

  const resizer = new ResizeObserver((entries) => {
    entries.forEach((entry) => {
      const chart = drawn.get(entry.target);
      if (!chart || chart.getWidth() === entry.target.clientWidth) return;
      chart.resize();
      draw(entry.target);
    });
  });
  const drawAll = (within) => {
    within.querySelectorAll("[data-chart]:not([data-drawn])").forEach((figure) => {
      draw(figure);
      resizer.observe(figure);
    });
    drawn.forEach((chart, figure) => {
      if (figure.isConnected) return;
      chart.dispose();
      drawn.delete(figure);
    });
  };

  document.addEventListener("theme:change", () => drawn.forEach((_, figure) => draw(figure)));
  document.addEventListener("htmx:after:swap", () => drawAll(document));
  drawAll(document);
})();
