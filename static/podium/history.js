// Draws a team's score over time as steps, from the table below it: one source for eye and ear.
(() => {
  "use strict";
  const place = document.getElementById("plot");
  const table = document.getElementById(place.dataset.table);
  const zone = place.dataset.zone;
  const until = Number(place.dataset.until);

  const times = [];
  const scores = [];
  for (const row of table.querySelectorAll("tr[data-score]")) {
    times.push(Date.parse(row.querySelector("time").dateTime) / 1000);
    scores.push(Number(row.dataset.score));
  }
  const steps = times.map((_, index) => index); // the dots: changes, not the end of the line
  // The last step lasts until now, or until the phase closed.
  const end = Math.max(until, times[times.length - 1]);
  if (end > times[times.length - 1]) {
    times.push(end);
    scores.push(scores[scores.length - 1]);
  }

  const colour = (name) => {
    // Resolved by the browser: the tokens are light-dark() pairs.
    const probe = document.createElement("span");
    probe.className = `probe-${name}`;
    place.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  // Room on both sides, so that neither the first nor the last dot stands on the edge.
  const room = Math.max((end - times[0]) * 0.04, 1);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const margin = Math.max((high - low) * 0.15, 0.002);
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" });
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const second = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const ticks = (_, seconds, _axis, _space, step) =>
    seconds.map((at) => {
      if (step < 60) return second.format(at * 1000);
      const clock = hour.format(at * 1000);
      return step >= 86400 || clock === "00:00" ? day.format(at * 1000) : clock;
    });
  let plot = null;

  const draw = () => {
    if (plot) plot.destroy();
    const axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    plot = new uPlot(
      {
        width: place.clientWidth,
        height: Math.min(320, Math.max(200, place.clientWidth * 0.4)),
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
        scales: {
          x: { range: [times[0] - room, end + room] },
          y: { range: [Math.max(0, low - margin), Math.min(1, high + margin)] },
        },
        legend: { show: true },
        cursor: { points: { size: 8 }, drag: { x: false, y: false } },
        axes: [{ ...axis, values: ticks }, { ...axis, size: 64, values: (_, scores) => scores.map((score) => score.toFixed(3)) }],
        series: [
          { label: "Time", value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" },
          {
            label: "Score",
            stroke: colour("accent"),
            fill: colour("wash"),
            width: 2,
            paths: uPlot.paths.stepped({ align: 1 }),
            points: { show: true, size: 7, fill: colour("accent"), filter: () => steps },
            value: (_, score) => (score == null ? "–" : score.toFixed(6)),
          },
        ],
      },
      [times, scores],
      place,
    );
  };

  draw();
  addEventListener("podium:theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    if (plot && plot.width !== place.clientWidth && place.clientWidth > 0) draw();
  }).observe(place);
})();
