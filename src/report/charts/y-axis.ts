import type { Axis } from './chart.ts';
import { axisLabel } from './scale.ts';
import { ink } from './theme.ts';

/** The y axis of a drawing, as echarts wants it. */
export const yAxis = (axis: Axis): Record<string, unknown> => ({
  type: axis.scale === 'log' ? 'log' : 'value',
  min: axis.min,
  max: axis.max,
  ...(axis.step === undefined ? {} : { interval: axis.step }),
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: ink('grid'), width: 1 } },
  axisLabel: {
    color: ink('quiet'),
    fontSize: 11,
    margin: 4,
    formatter: (value: number) => axisLabel(value, axis.unit),
  },
});
