/** How charts beside each other look, and the broader page that holds them. */
export const panelStyle = `.page.broad{display:block;max-width:1640px;padding:0 clamp(16px,3vw,48px) 64px}
.page.broad main>*{max-width:none}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:0 0 .5rem;padding:0;list-style:none;font-size:.86rem}
.legend li{margin:0}
.key::before{content:'';display:inline-block;width:16px;border-top:2px solid var(--k);vertical-align:middle;margin-right:.45em}
.k-dashed::before{border-top-style:dashed}.k-faint::before{border-top-width:1px}
.k-dots::before{width:6px;height:6px;border:0;border-radius:50%;background:var(--k)}
.k-bars::before{width:10px;height:10px;border:0;border-radius:2px;background:var(--k)}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--least,290px)),1fr));gap:.9rem 1.4rem}
section:has(>.sweep){display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:0 1.2rem}section:has(>.sweep)>h2{grid-column:1/-1}
.sweep{margin-top:.6rem}
.panel{margin:0;min-width:0;break-inside:avoid}
.panel header{padding:0;display:flex;align-items:baseline;gap:.5rem;font-size:.88rem;line-height:1.35}
.panel header b{flex:none}.panel header span:nth-child(2){flex:1 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}
.panel .mark{flex:none;font-size:.74rem;padding:0 .5em}
.panel .none{display:grid;place-items:center;min-height:120px;border:1px dashed var(--line);border-radius:8px;color:var(--faint);font-size:.86rem;margin-top:.4rem}`;
