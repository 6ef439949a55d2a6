import { afterEach, expect, test } from 'vitest';
import { fakePods } from '../app/fake-pod.ts';

const pods = fakePods();
afterEach(() => pods.stop());

test('the timeserver tells the time and its pod, answers probes, and counts', async () => {
  const { url } = await pods.start('timeserver/timeserver.ts', { HOSTNAME: 'timeserver-1' });
  const before = Date.now();
  const { time, pod } = (await (await fetch(url)).json()) as { time: string; pod: string };
  expect(pod).toBe('timeserver-1');
  expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('http_requests_total{method="GET",route="/",status="200"} 1\n');
});
