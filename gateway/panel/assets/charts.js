// Draws what a plot's data-values hold: times in seconds, then the values of each series. The
// colours are those of the legend below it, so they follow the theme.

import uPlot from './uplot.js';

const HEIGHT = 150;
const AXIS_WIDTH = 34;
const drawn = new WeakMap();

const colourOf = (node) => getComputedStyle(node).color;

/** A colour that lies under a line. */
const tinted = (colour) => colour.replace('rgb(', 'rgba(').replace(')', ', 0.12)');

function seriesOf(figure) {
  return [...figure.querySelectorAll('.series')].map((node) => {
    const stroke = colourOf(node);
    return { stroke, fill: tinted(stroke), width: 1.6, points: { show: false } };
  });
}

function optionsOf(plot, figure) {
  const axis = {
    stroke: colourOf(figure.querySelector('.legend')),
    grid: { stroke: getComputedStyle(figure).borderTopColor, width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
  const time = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const hours = (_, splits) => splits.map((second) => time.format(new Date(second * 1000)));
  const whole = (_, splits) => splits.map((value) => (Number.isInteger(value) ? value : ''));
  return {
    width: plot.clientWidth,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    padding: [8, 6, 0, 0],
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] } },
    axes: [
      { ...axis, values: hours, space: 70, size: 26, grid: { show: false } },
      { ...axis, values: whole, space: 34, size: AXIS_WIDTH },
    ],
    series: [{}, ...seriesOf(figure)],
  };
}

function draw(plot) {
  const figure = plot.closest('.chart');
  const data = JSON.parse(plot.dataset.values);
  const known = drawn.get(plot);
  if (known) {
    if (known.values !== plot.dataset.values) known.chart.setData(data);
    known.values = plot.dataset.values;
    return;
  }
  const chart = new uPlot(optionsOf(plot, figure), data, plot);
  drawn.set(plot, { chart, values: plot.dataset.values });
  new ResizeObserver(() => {
    if (plot.clientWidth > 0) chart.setSize({ width: plot.clientWidth, height: HEIGHT });
  }).observe(plot);
}

export function drawCharts(root) {
  for (const plot of root.querySelectorAll('.plot')) draw(plot);
}
