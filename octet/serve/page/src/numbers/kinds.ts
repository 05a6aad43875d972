// What kind of token a token is, so that one can ask which experts prefer which kind.

export const KINDS = ['words', 'word pieces', 'digits', 'punctuation', 'spaces', 'code', 'other'] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_NAMES: Record<Kind, string> = {
  words: 'word',
  'word pieces': 'word piece',
  digits: 'digit',
  punctuation: 'punctuation',
  spaces: 'space',
  code: 'code',
  other: 'other',
};

export const KIND_MEANING: Record<Kind, string> = {
  words: 'the start of a word',
  'word pieces': 'letters that go on with a word',
  digits: 'numbers',
  punctuation: 'signs between words',
  spaces: 'blanks and line breaks alone',
  code: 'anything inside code marks',
  other: 'parts of characters, special tokens, mixtures',
};

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]+`/g;

function plainKind(text: string, before: string): Kind {
  const core = text.trim();
  if (core === '') return text === '' ? 'other' : 'spaces';
  if (/^[\p{L}\p{M}'’]+$/u.test(core)) return text === core && /[\p{L}\p{M}]$/u.test(before) ? 'word pieces' : 'words';
  if (/^\p{N}+$/u.test(core)) return 'digits';
  if (/^[\p{P}\p{S}]+$/u.test(core) && !core.includes('\uFFFD')) return 'punctuation';
  return 'other';
}

// The kinds of an answer's tokens, in order.
export function kindsOf(texts: string[]): Kind[] {
  const ranges = [...texts.join('').matchAll(CODE)].map((match) => [match.index, match.index + match[0].length]);
  let range = 0;
  let at = 0;
  let before = '';
  return texts.map((text) => {
    while (range < ranges.length && ranges[range][1] <= at) range++;
    const code = range < ranges.length && at >= ranges[range][0] && text !== '';
    const kind = code ? 'code' : plainKind(text, before);
    at += text.length;
    if (text !== '') before = text;
    return kind;
  });
}
