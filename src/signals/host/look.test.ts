import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeSink } from '../pods/fake-sink.ts';
import { HostBook } from './book.ts';
import { levels, rates } from './figures.ts';
import { type HostLook, hostLookReader } from './look.ts';

const lines = [
  '@boot 4c8d6954',
  '@disk vda',
  '@processes 78',
  '/proc/stat:cpu  100 10 40 800 40 0 10 0 0 0',
  '/proc/meminfo:MemTotal:       1000 kB',
  '/proc/meminfo:MemAvailable:    400 kB',
  '/proc/meminfo:SwapTotal:       100 kB',
  '/proc/meminfo:SwapFree:         40 kB',
  '/proc/uptime:13459.29 15115.57',
  '/proc/loadavg:0.15 0.18 0.35 1/98 19847',
  '/proc/diskstats: 254       0 vda 10 0 200 5 4 0 60 1 0 6 3 2 1 1 2 8 6',
  '/proc/diskstats: 254       1 vda1 10 0 200 5 4 0 60 1 0 6 3 2 1 1 2 8 6',
  '/proc/net/dev:  eth0: 1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0',
  '/proc/pressure/cpu:some avg10=0.23 avg60=2.07 avg300=1.70 total=3002761074',
  'Filesystem     1024-blocks     Used Available Capacity Mounted on',
  '/dev/my disk 7  264212084 25243748  81147164      24% /',
  '@end',
];

const lookOf = (text: readonly string[]): HostLook | undefined => {
  const reader = hostLookReader();
  return text.flatMap((line) => reader(line) ?? []).at(-1);
};

test('a look, taken apart', () => {
  expect(lookOf(lines)).toEqual({
    boot: '4c8d6954',
    uptime_s: 13_459.29,
    processes: 78,
    load1: 0.15,
    cpu: { used: 160, idle: 840, stolen: 0 },
    memory: { totalBytes: 1_024_000, availableBytes: 409_600, swapUsedBytes: 61_440 },
    pressure: { cpu: 0.23 },
    disk: { readBytes: 102_400, writtenBytes: 30_720 },
    space: { usedBytes: 25_243_748 * 1_024, freeBytes: 81_147_164 * 1_024 },
    interfaces: new Map([['eth0', { receivedBytes: 1_000, sentBytes: 2_000, errors: 4, drops: 6 }]]),
  });
});

test('property: whatever lines are lost or garbled, no value is written that is no number', () => {
  const garbled = fc.array(
    fc.oneof({ arbitrary: fc.constantFrom(...lines), weight: 8 }, { arbitrary: fc.string(), weight: 1 }),
    { maxLength: 60 },
  );
  const numbers = fc.array(fc.nat(), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(garbled, numbers, (text, ticks) => {
      const sink = fakeSink();
      const book = new HostBook(sink, undefined);
      const reader = hostLookReader();
      const all = [
        ...lines,
        ...text,
        `/proc/stat:cpu ${ticks.join(' ')}`,
        '/proc/uptime:13460.5 1.0',
        '@end',
      ];
      let t = 0;
      for (const line of all) {
        t += 1e8;
        const look = reader(line);
        if (look !== undefined) book.look(look, t);
      }
      for (const { series, value } of sink.points) {
        if (series === 'boot') continue;
        expect(value === null || Number.isFinite(value), `${series} ${value}`).toBe(true);
        if (series in rates && value !== null) expect(value).toBeGreaterThanOrEqual(0);
        if (series.endsWith('_percent') && series.startsWith('cpu') && value !== null)
          expect(value).toBeLessThanOrEqual(100);
      }
      expect(new Set(sink.points.map(({ series }) => series))).toEqual(
        new Set([...Object.keys(levels), ...Object.keys(rates), 'uptime_s', 'boot']),
      );
    }),
  );
});
