// When a part is asked: `visibleWhen` of itself and of the views around it, as the server reads it
// (labeling/answers/conditions.py). It follows from the answer alone; what is seen at the moment
// follows from the region that is selected as well. Pages that ask everything always do without.

import { walk } from "./config.js";

const PICKED = ["choices", "taxonomy"];

class Conditions {
  constructor(form) {
    this.form = form;
  }

  get regions() {
    return this.form.book?.regions || [];
  }

  // True if the node is to be seen now, whatever the views around it say.
  isSeen(node) {
    const { selected } = this.form.book || {};
    if (node.visiblewhen === "no-region-selected") return !selected;
    return this.holds(node, selected ? [selected] : []);
  }

  // True if the node is asked in this answer: of this region, or else at all.
  isAsked(node, region) {
    return (!node.parent || this.isAsked(node.parent, region)) && this.holds(node, region ? [region] : this.regions);
  }

  // True if nobody is required to answer it: it is seen only while a region is selected.
  isPassing(node) {
    return !node.perregion && Boolean(node.visiblewhen === "region-selected" || (node.parent && this.isPassing(node.parent)));
  }

  holds(node, regions) {
    const { visiblewhen: kind, whentagname: name, perregion: isByRegion } = node;
    if (isByRegion && !regions.some((region) => !node.toname || region.to === node.toname)) return false;
    if (kind === "region-selected" || (isByRegion && !kind)) {
      const labels = meant(node.whenlabelvalue, this.form.parts.flatMap((part) => part.labels || []));
      return regions.some((region) => (!labels || region.labels.some((label) => labels.has(label))) && [undefined, region.from, region.to].includes(name));
    }
    if (kind === "choice-selected" || (!kind && node.whenchoicevalue)) return this.isChosen(node, regions);
    return kind === "choice-unselected" ? !this.isChosen(node, regions) : true;
  }

  isChosen(node, regions) {
    const { whentagname: name, whenchoicevalue: written } = node;
    const parts = this.form.parts.filter((part) => (name ? part.name === name : PICKED.includes(part.type)) && !isInside(part.node, node));
    const said = new Set(parts.flatMap((part) => this.said(part, regions)));
    const values = meant(written, parts.flatMap((part) => [...walk(part.node)].slice(1)).map((one) => ({ ...one, result: one.alias ?? one.value })));
    return values ? [...values].some((value) => said.has(value)) : said.size > 0;
  }

  // The choices of an answer, the last of each path; by region those of these, or of any.
  said(part, regions) {
    const { node } = part;
    const of = regions.length ? regions : this.regions;
    const given = node.perregion
      ? of.filter((region) => this.isAsked(node, region)).flatMap((region) => region.answers[part.name] || [])
      : (this.isAsked(node, null) && part.get()) || [];
    return given.map((one) => String(Array.isArray(one) ? one.at(-1) : one));
  }
}

function isInside(node, outer) {
  return Boolean(node && (node === outer || isInside(node.parent, outer)));
}

// The results meant by a list with commas, of words or aliases; null where nothing is named.
function meant(written, options) {
  if (!written) return null;
  const known = new Map([...options.map((one) => [one.value, one.result]), ...options.map((one) => [one.result, one.result])]);
  const wanted = known.has(written) ? [written] : written.split(",").map((one) => one.trim()).filter(Boolean);
  return new Set(wanted.map((one) => known.get(one) ?? one));
}

export const rules = { Conditions };
