import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placedScript } from '../hosts/place.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { completeText, tagOf } from '../hosts/text.ts';
import { type Netem, planByTc } from './by-tc.ts';
import { shownByTc } from './shown.ts';

const ID = 'run-1.break.0';
const TAG = tagOf(ID);
const H = TAG.slice(0, 2);
const PEER = '10.0.0.2';
const host: Preflight = { name: 'pg1', kind: 'ssh', uid: 0, boot: 'b', machine: 'm', init: 'systemd' };

/** tc, ping and ip of a host with netem, which a kernel for tests often lacks: each ping counts, some are dropped. */
const STUBS = {
  tc: `#!/bin/sh
read -r sent dropped <"$WIRE/counted"
echo "qdisc prio af${H}: root refcnt 2 bands 4 priomap 1 2 2 2"
echo "qdisc ingress ffff: parent ffff:fff1 ----------------"
case $1 in filter) echo "action mirred (Egress Redirect to device af5-${TAG}-0)" ;; esac
case $1 in -s) ;; *) exit 0 ;; esac
echo " Sent 9999 bytes 999 pkt (dropped 9, overlimits 0 requeues 0)"
echo " backlog 0b 0p requeues 0"
echo "qdisc netem ae${H}: parent af${H}:4 limit 100000"
echo " Sent 980 bytes $sent pkt (dropped $dropped, overlimits 0 requeues 0)"
echo " backlog 0b 0p requeues 0"
`,
  ping: `#!/bin/sh
echo "$*" >>"$WIRE/pings"
read -r sent dropped <"$WIRE/counted"
while [ $# -gt 1 ]; do case $1 in -c) count=$2 ;; esac; shift; done
echo "$((sent + count - LOSES)) $((dropped + LOSES))" >"$WIRE/counted"
[ -z "$RTT" ] || echo "64 bytes from $1: icmp_seq=1 ttl=64 time=$RTT ms"
`,
  ip: `#!/bin/sh
case "$*" in
  *'route get '*) echo "$4 dev $ROUTE src 10.0.0.1 uid 0" ;;
  *'neigh show') printf 'fe80::7 dev eth0 lladdr 0:0:0:0:0:1 REACHABLE\\n10.0.0.7 dev eth0 lladdr 0:0:0:0:0:1 REACHABLE\\n' ;;
esac
`,
} as const;

const late: Netem = {
  fault: 'network.delay',
  netem: 'delay 1us',
  what: 'delayed by 300ms',
  seen: { by: 'time', least_s: 0.3, most_s: 0.3, bytes: 56 },
};
const lossy = (loss: number): Netem => ({
  fault: 'network.loss',
  netem: `loss ${loss}%`,
  what: `${loss}% lost`,
  seen: { by: 'drops', loss },
});

describe('the probe of netem', () => {
  const wire = mkdtempSync(join(tmpdir(), 'aftershock-tc-probe-'));
  beforeAll(() => {
    for (const [name, text] of Object.entries(STUBS)) {
      writeFileSync(join(wire, name), text);
      chmodSync(join(wire, name), 0o755);
    }
  });
  afterAll(() => rmSync(wire, { recursive: true, force: true }));

  interface Case {
    netem: Netem;
    to?: string[];
    more?: object;
    /** Sent and dropped before. */
    before?: [number, number];
    rtt?: string;
    loses?: number;
    route?: string;
  }

  /** What the probe says, and the arguments of its pings. */
  function look({
    netem,
    to = [PEER],
    more = {},
    before = [0, 0],
    rtt = '',
    loses = 0,
    route = 'eth0',
  }: Case) {
    writeFileSync(join(wire, 'counted'), `${before.join(' ')}\n`);
    writeFileSync(join(wire, 'pings'), '');
    const peers = shownByTc(...to);
    const looked = to.length > 0 ? peers : { ...peers, peers: [{ family: 'ip', device: 'eth0' } as const] };
    const params = { direction: 'out', controller: 'keep', ...more } as const;
    const planned = planByTc({ params, host, looked }, netem);
    if (!planned.ok) throw new Error(planned.problem.message);
    const ran = spawnSync('sh', ['-c', placedScript(completeText(ID, planned.value.probe)), 'sh', 'effect'], {
      encoding: 'utf8',
      env: {
        PATH: `${wire}:${process.env['PATH']}`,
        AFTERSHOCK_RUN_DIR: join(wire, 'none'),
        WIRE: wire,
        RTT: rtt,
        LOSES: String(loses),
        ROUTE: route,
      },
    });
    expect(ran.stderr).toBe('');
    const pings = spawnSync('cat', [join(wire, 'pings')], { encoding: 'utf8' }).stdout.trim();
    return { said: ran.stdout.trim(), pings };
  }

  test.each(['undo', 'probe'] as const)(
    'where no program can be run, %s does not take that for an end',
    (which) => {
      const broken = join(wire, 'broken');
      mkdirSync(broken, { recursive: true });
      for (const name of ['tc', 'ip']) {
        writeFileSync(join(broken, name), '#!/bin/sh\nexit 127\n');
        chmodSync(join(broken, name), 0o755);
      }
      const looked = { ...shownByTc(), peers: [{ family: 'ip', device: 'eth0' } as const] };
      const params = { direction: 'out', controller: 'keep' } as const;
      const planned = planByTc({ params, host, looked }, late);
      if (!planned.ok) throw new Error(planned.problem.message);
      // A device that every machine has.
      const text = placedScript(completeText(ID, planned.value[which])).replaceAll("'eth0'", "'lo'");
      const ran = spawnSync('sh', ['-c', text, 'sh', 'recovered'], {
        encoding: 'utf8',
        env: { PATH: `${broken}:${process.env['PATH']}`, AFTERSHOCK_RUN_DIR: join(wire, 'none') },
      });
      if (which === 'undo')
        expect([ran.status, ran.stderr]).toEqual([70, expect.stringContaining('lo is still there')]);
      else expect(ran.stdout).toMatch(/^unsure/);
    },
  );
  test('loss: what went through proves nothing; what was dropped does', () => {
    expect(look({ netem: lossy(1), before: [40, 0] })).toEqual({
      said: 'unsure 1% lost on eth0: 540 packets went through netem and none was dropped yet',
      pings: `-n -c 500 -i 0.01 -s 56 -W 1 ${PEER}`,
    });
    expect(look({ netem: lossy(30), loses: 2 }).said).toBe(
      `yes 30% lost on eth0: 18 packets went through netem and 2 were dropped (no traffic came by itself; we tried: ping ${PEER})`,
    );
  });
  test('loss: no ping where traffic was dropped before', () => {
    expect(look({ netem: lossy(1), before: [40, 1] })).toEqual({
      said: 'yes 1% lost on eth0: 40 packets went through netem and 1 were dropped',
      pings: '',
    });
  });
  test('loss: peers share the pings, and the others are left alone once one is lost', () => {
    const to = [PEER, '10.0.0.3', '10.0.0.4', '10.0.0.5'];
    expect(look({ netem: lossy(1), to }).pings.match(/-c 167 /g)).toHaveLength(3);
    expect(look({ netem: lossy(1), to, loses: 1 }).pings.match(/-c 167 /g)).toHaveLength(1);
  });
  test('nothing is sent by an interface that is not meant', () => {
    expect(look({ netem: lossy(1), route: 'eth9' })).toEqual({
      said: 'unsure 1% lost on eth0: nothing came by yet',
      pings: '',
    });
    expect(look({ netem: late, before: [40, 0], route: 'eth9', rtt: '0.2' })).toEqual({
      said: 'yes delayed by 300ms on eth0: 40 packets went through netem and 0 were dropped; the time to and fro was not measured',
      pings: '',
    });
  });

  test('delay: an answer that is late proves it, one that is not says no, whatever the counters say', () => {
    expect(look({ netem: late, rtt: '301.4' }).said).toMatch(
      /^yes delayed by 300ms on eth0: 1 packets.*, ping 10\.0\.0\.2: 301\.4 ms to and fro, and at least 285\.000 ms/,
    );
    expect(look({ netem: late, rtt: '0.45', before: [40, 0] }).said).toBe(
      'no delayed by 300ms on eth0: 41 packets went through netem, but ping 10.0.0.2: 0.45 ms to and fro, less than 285.000 ms',
    );
    expect(look({ netem: late, rtt: '301.4', more: { direction: 'both' } }).said).toMatch(
      /^no .*301\.4 ms to and fro, less than 570\.000 ms$/,
    );
    expect(look({ netem: late, rtt: '601.4', more: { direction: 'both' } }).said).toMatch(/^yes /);
  });
  test('delay: without an answer the counters prove it, and the evidence says what was not measured', () => {
    expect(look({ netem: late }).said).toBe(
      `yes delayed by 300ms on eth0: 1 packets went through netem and 0 were dropped; the time to and fro was not measured, as nothing answered: ping ${PEER}`,
    );
    const ports = look({ netem: late, before: [5, 0], more: { ports: [5432], protocol: 'udp' } });
    expect(ports.pings).toBe('');
    expect(ports.said).toMatch(/^yes .*; the time to and fro was not measured$/);
    expect(look({ netem: late, before: [5, 0], more: { ports: [9], protocol: 'tcp' } }).said).not.toContain(
      'answered',
    );
    expect(look({ netem: late, more: { ports: [5432], protocol: 'udp' } }).said).toMatch(
      /^unsure .*nothing came by yet$/,
    );
  });
  test('delay: answers are waited for, as long as a look has time', () => {
    const patience = (seconds: number): string =>
      look({ netem: { ...late, seen: { by: 'time', least_s: seconds, most_s: seconds, bytes: 56 } } }).pings;
    expect(patience(4.2)).toContain('-W 6 ');
    expect(patience(60)).toContain('-W 1 ');
  });
  test('everybody: the first IPv4 neighbour that is reached by the interface', () => {
    expect(look({ netem: late, to: [], rtt: '300' }).pings).toMatch(/ 10\.0\.0\.7$/);
  });
  test('rate: a ping with more bytes must take its time', () => {
    const seen = { by: 'time', least_s: 0.0098, most_s: 0.5, bytes: 1_200 } as const;
    const thin = { ...late, fault: 'network.rate', what: 'a line of 1Mbit a second', seen };
    expect(look({ netem: thin, rtt: '9.92' })).toMatchObject({
      said: expect.stringMatching(/^yes a line of 1Mbit a second/),
      pings: expect.stringContaining('-s 1200'),
    });
    expect(look({ netem: thin, rtt: '1.1' }).said).toMatch(/^no /);
  });
  test('any time that ping may print is compared as a number', () => {
    const millis = fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.stringMatching(/^(\.\d{1,4})?$/));
    fc.assert(
      fc.property(millis, fc.integer({ min: 1, max: 200 }), ([whole, part], least_ms) => {
        const rtt = `${whole % 250}${part}`;
        const least_s = least_ms / 950;
        const is = look({
          netem: { ...late, seen: { by: 'time', least_s, most_s: 1, bytes: 56 } },
          rtt,
        }).said;
        const micros = Math.floor(Math.round(Number(rtt) * 10_000) / 10);
        expect(is.split(' ')[0]).toBe(micros >= Math.round(least_s * 0.95 * 1e6) ? 'yes' : 'no');
      }),
      { numRuns: 25 },
    );
  });
});
