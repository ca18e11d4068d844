// The reader's own language: `_` for a sentence, `plural` for one that counts. The catalogue is the
// script that base.html loads first; without it the English of the code is shown.

const catalogue = globalThis.django || {};

function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

export function _(sentence, values = {}) {
  return filled(catalogue.gettext ? catalogue.gettext(sentence) : sentence, values);
}

export function plural(one, many, count, values = {}) {
  const found = catalogue.ngettext ? catalogue.ngettext(one, many, count) : count === 1 ? one : many;
  return filled(found, { count, ...values });
}
