import { palette } from '../charts/theme.ts';
import { panelStyle } from './panel-style.ts';

const light = `--bg:#f6f7f8;--paper:#fff;--ink:#1d2733;--soft:#4b5763;--faint:#65717e;--line:#e0e4e8;--wash:#f1f3f5;
--good:#0b7a55;--good-bg:#e3f4ec;--warn:#a04d00;--warn-bg:#fdf0dd;--bad:#b3261e;--bad-bg:#fcebe8;--info:#3f51a3;--info-bg:#eaedf9;--mark:#ffe9b0;--on:#fff`;
const dark = `--bg:#0e1318;--paper:#151b22;--ink:#e4e9ef;--soft:#b7c1cb;--faint:#94a0ac;--line:#29323b;--wash:#1c242c;
--good:#4fd1a1;--good-bg:#12302a;--warn:#f5b04d;--warn-bg:#35280f;--bad:#ff8f80;--bad-bg:#3a1a18;--info:#a9b8ff;--info-bg:#1f2745;--mark:#5a4410;--on:#10161c`;

const base = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.page{max-width:1240px;margin:0 auto;padding:0 16px 64px}
main{min-width:0}
h1,h2,h3{line-height:1.2;text-wrap:balance;letter-spacing:-.012em}
h1{font-size:clamp(1.75rem,1.3rem + 2vw,2.6rem);font-weight:700;margin:.1em 0 .25em}
h2{font-size:1.45rem;font-weight:680;margin:0 0 .7rem}
h3{font-size:1.02rem;font-weight:650;margin:1.9rem 0 .5rem}
p{margin:.5rem 0;max-width:72ch}
ul{margin:.4rem 0;padding-left:1.15rem;max-width:76ch}
li{margin:.2rem 0}
li,td,th,dd,code{unicode-bidi:isolate}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.86em}
code{background:var(--wash);border-radius:4px;padding:.1em .32em;box-decoration-break:clone;-webkit-box-decoration-break:clone}
pre{background:var(--wash);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem;overflow-x:auto;line-height:1.5;margin:.5rem 0}
pre code{background:none;padding:0;font-size:.82rem}
.faint{color:var(--faint);font-size:.92em}
.lead{font-size:1.06rem;color:var(--soft)}
a{color:inherit}
mark{background:var(--mark);color:inherit;border-radius:3px;padding:.08em .3em;box-decoration-break:clone;-webkit-box-decoration-break:clone}`;

const top = `header{padding:2.2rem 0 1.2rem}
.brand{color:var(--faint);font-size:.85rem;letter-spacing:.02em;margin:0 0 .9rem}
.brand strong{color:var(--ink);font-weight:700}
.question{font-size:1.2rem;line-height:1.45;color:var(--soft);margin:.1rem 0 1rem;max-width:60ch}
.meta{display:flex;flex-wrap:wrap;gap:.3rem 1.8rem;margin:0;font-size:.88rem}
.meta div{display:flex;gap:.5rem;min-width:0}
.meta dt{color:var(--faint);flex:none}.meta dd{margin:0;min-width:0}
.verdict{--t:var(--info);--tb:var(--info-bg);display:flex;gap:1.1rem;align-items:flex-start;background:var(--tb);border-radius:14px;padding:1.25rem 1.4rem 1.3rem;border-left:6px solid var(--t)}
.verdict.good{--t:var(--good);--tb:var(--good-bg)}.verdict.warn{--t:var(--warn);--tb:var(--warn-bg)}.verdict.bad{--t:var(--bad);--tb:var(--bad-bg)}
.verdict .icon{flex:none;width:46px;height:46px;color:var(--t)}
.verdict .sign{stroke:var(--tb)}
.verdict .word{font-size:1.7rem;line-height:1.15;font-weight:750;letter-spacing:-.02em;color:var(--t);margin:.3rem 0 .35rem}
.verdict .lead{font-size:1.15rem;line-height:1.45;font-weight:600;color:var(--ink);margin:0}.verdict .summary{line-height:1.55;margin:.35rem 0 0}
.verdict ul{list-style:none;padding:0;margin:.6rem 0 0;color:var(--soft);font-size:.95rem}
.facts{display:flex;flex-wrap:wrap;gap:1px;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden;margin:1.1rem 0}
.fact{flex:1 1 140px;background:var(--paper);padding:.85rem 1rem .9rem;min-width:0}.facts:has(:nth-child(7)) .fact{flex-basis:200px}
.fact dt{font-size:.8rem;color:var(--faint);line-height:1.35}
.fact dd{margin:.2rem 0 0;font-size:1.42rem;font-weight:680;line-height:1.2;letter-spacing:-.015em}
.fact.good dd{color:var(--good)}.fact.warn dd{color:var(--warn)}.fact.bad dd{color:var(--bad)}.fact.info dd{color:var(--info)}
.fact .note{display:block;font-size:.8rem;font-weight:400;line-height:1.4;letter-spacing:0;color:var(--faint);margin-top:.3rem}
.answers{display:grid;grid-template-columns:repeat(2,1fr);gap:1.1rem 2rem;margin:1.4rem 0 0;padding:1.2rem 1.4rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
.answers div{min-width:0}
.answers dt{font-weight:650;font-size:.95rem;margin-bottom:.2rem}
.answers dd{margin:0;color:var(--soft);font-size:.95rem;line-height:1.55}`;

const parts = `main>section[id]{margin-top:3.2rem;padding-top:1.6rem;border-top:1px solid var(--line)}
.scroll{overflow-x:auto;margin:.7rem 0;border:1px solid var(--line);border-radius:10px;background:var(--paper)}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
th,td{text-align:left;vertical-align:top;padding:.55rem .8rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
tr:last-child>*{border-bottom:0}
thead th{font-weight:600;font-size:.8rem;color:var(--faint);background:var(--wash);white-space:nowrap}
th.num,td.num{text-align:right;white-space:nowrap}
td .faint{font-size:.86em}
.keyed td{overflow-wrap:anywhere}.keyed th{font-weight:500;color:var(--faint);white-space:nowrap;width:1%}
.badge,.chart .mark{--t:var(--soft);--tb:var(--wash);display:inline-block;background:var(--tb);color:var(--t);border-radius:99px;padding:.1em .7em;font-size:.82rem;font-weight:650;white-space:nowrap}
.badge.good,.mark.healthy{--t:var(--good);--tb:var(--good-bg)}.badge.warn,.mark.warning{--t:var(--warn);--tb:var(--warn-bg)}
.badge.bad,.mark.critical{--t:var(--bad);--tb:var(--bad-bg)}.badge.info,.mark.not-judged{--t:var(--info);--tb:var(--info-bg)}
.chart{margin:1.3rem 0;padding:1rem 1rem .5rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
.chart figcaption{display:flex;flex-wrap:wrap;align-items:center;gap:.3rem .7rem;margin-bottom:.5rem}
.chart h3{margin:0;flex:1 1 auto}
.chart .scale{font-size:.8rem;color:var(--faint)}
.chart .mark::before{content:'';display:inline-block;width:.55em;height:.55em;border-radius:50%;background:currentColor;margin-right:.45em;vertical-align:.06em}
.chart .mark.warning::before{border-radius:1px;transform:rotate(45deg)}.chart .mark.critical::before{border-radius:0}
.chart svg{display:block;width:100%;height:auto;font-family:inherit}
.narrow{display:none}
.caption{font-size:.88rem;color:var(--soft);margin:.4rem 0;max-width:84ch}
details{margin:.7rem 0}
summary{cursor:pointer;color:var(--soft);font-size:.9rem;padding:.15rem 0}
summary:hover{color:var(--ink)}
.data .scroll{max-height:340px;overflow:auto}.data table{font-size:.8rem}.data th,.data td{padding:.2rem .7rem}
.data thead th{position:sticky;top:0}
.timeline{list-style:none;margin:.8rem 0;padding:0;font-size:.92rem;line-height:1.5}
.timeline li{--t:var(--faint);display:grid;grid-template-columns:5.2rem 6.4rem 1fr;gap:0 .8rem;margin:0;padding:.22rem 0 .22rem 1.1rem;position:relative;border-left:2px solid var(--line)}
.timeline li::before{content:'';position:absolute;left:-5px;top:.72em;width:8px;height:8px;border-radius:50%;background:var(--t);box-shadow:0 0 0 3px var(--bg)}
.timeline .at{text-align:right;font-weight:600;white-space:nowrap}
.timeline .clock{color:var(--faint);font-size:.86em;white-space:nowrap;padding-top:.08em}
.timeline .what{min-width:0}.timeline img.note{display:block;max-width:100%;max-height:24rem;margin:.4rem 0;border:1px solid var(--line);border-radius:6px}
.timeline .injection{--t:var(--c-inject)}.timeline .undo{--t:var(--c-undo)}.timeline .abort{--t:var(--bad)}.timeline .note{--t:var(--c-notice)}
.timeline .signal{--t:var(--c-bad)}.timeline .event{--t:var(--faint)}.timeline .event::before{width:6px;height:6px;left:-4px;top:.8em}
.timeline .phase{--t:var(--ink);padding-top:.7rem;padding-bottom:.35rem}.timeline .phase::before{top:1.2em}
.kept{border-left:3px solid var(--line);padding-left:1rem}
footer{margin-top:4rem;border-top:1px solid var(--line);color:var(--faint);font-size:.85rem}
nav{display:none}`;

const screens = `@media (min-width:1120px){
.page{display:grid;grid-template-columns:176px minmax(0,912px);gap:56px;padding:0 32px 96px}
nav{display:block;position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:2.2rem 0}
nav ol{list-style:none;margin:0;padding:0;font-size:.86rem;line-height:1.35}
nav li{margin:0}nav a{display:block;padding:.32rem 0;color:var(--faint);text-decoration:none}nav a:hover{color:var(--ink);text-decoration:underline}
}
@media screen and (max-width:700px){
body{font-size:15.5px}
header{padding-top:1.4rem}
.verdict{padding:1rem 1rem 1.1rem;gap:.8rem;border-left-width:5px}.verdict .icon{width:34px;height:34px}.verdict .word{font-size:1.4rem;margin-top:.15rem}.verdict .lead{font-size:1.04rem}
.facts{display:grid;grid-template-columns:repeat(2,1fr)}.fact:last-child:nth-child(odd){grid-column:1/-1}
.answers{grid-template-columns:1fr;padding:1rem}
.wide{display:none}.narrow{display:block}
.chart{margin-left:-16px;margin-right:-16px;border-radius:0;border-left:0;border-right:0;padding:1rem 16px .4rem}
.timeline li{grid-template-columns:4.6rem 1fr}.timeline .clock{display:none}
.cards thead{display:none}.cards tbody,.cards tr,.cards td{display:block}.cards tr{padding:.7rem .9rem;border-bottom:1px solid var(--line)}.cards tr:last-child{border-bottom:0}
.cards td{border:0;padding:.14rem 0}.cards td code{overflow-wrap:anywhere;white-space:normal}.cards td.num{text-align:left;white-space:normal}.cards td[data-label]:not(:first-child){position:relative;padding-left:6.6rem;min-height:1.7em}.cards td[data-label]:not(:first-child)::before{content:attr(data-label);position:absolute;left:0;top:.24rem;width:6.2rem;color:var(--faint);font-size:.8rem;line-height:1.3}
main>section[id]{margin-top:2.4rem}
}
@media print{
@page{margin:14mm}
html{${light};${palette('light')};color-scheme:light}
body{background:#fff;font-size:10.5pt}
.page{display:block;max-width:none;padding:0}nav,.data,summary{display:none}
details{display:none}
.wide{display:block}.narrow{display:none}
.chart,.verdict,.facts,.answers,tr,.timeline li{break-inside:avoid}
h2,h3{break-after:avoid}
main>section[id]{margin-top:1.4rem;padding-top:.8rem}
.verdict,.badge,.mark,.fact{-webkit-print-color-adjust:exact;print-color-adjust:exact}
pre{white-space:pre-wrap}
}`;

/** The page's whole look. */
export const style = `:root{color-scheme:light dark;${light};${palette('light')}}
@media screen and (prefers-color-scheme:dark){:root{${dark};${palette('dark')}}}
${base}
${top}
${parts}
${panelStyle}
${screens}`;
