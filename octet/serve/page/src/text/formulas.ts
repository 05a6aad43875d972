// Formulas in Markdown: $…$ and \(…\) in a line, $$…$$ and \[…\] on their own.
//
// A dollar opens a formula only where it hugs the text inside and no digit follows the closing one: "$5 and $6" is money.
import katex from 'katex';
import type {TokenizerAndRendererExtension} from 'marked';
import {escapeHtml} from './escape';

const INLINE = /^(?:\\\(([\s\S]+?)\\\)|\$(?!\s|\$)((?:\\[^\n]|[^\\$\n])+?)(?<!\s)\$(?!\d))/;
const DISPLAY = /^ {0,3}(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n|$)/;
const DISPLAY_INLINE = /^(?:\$\$([^\n$][\s\S]*?)\$\$|\\\[([\s\S]+?)\\\])/;

function holder(tex: string, display: boolean): string {
  return `<span class="${display ? 'formula formula-display' : 'formula'}">${escapeHtml(tex.trim())}</span>`;
}

function extension(
  name: string,
  level: 'inline' | 'block',
  pattern: RegExp,
  display: boolean,
): TokenizerAndRendererExtension {
  return {
    name,
    level,
    start: (source) => {
      const at = source.search(level === 'block' ? /(?<=\n) {0,3}(?:\$\$|\\\[)/ : /\$|\\[([]/);
      return at < 0 ? undefined : at;
    },
    tokenizer(source) {
      const match = pattern.exec(source);
      if (!match) return undefined;
      return {type: name, raw: match[0], tex: match[1] ?? match[2]};
    },
    renderer: (token) => holder(token.tex, display),
  };
}

export const formulaExtensions = [
  extension('formulaBlock', 'block', DISPLAY, true),
  extension('formulaDisplay', 'inline', DISPLAY_INLINE, true),
  extension('formula', 'inline', INLINE, false),
];

interface DomTree {
  attributes?: Record<string, string>;
  children?: DomTree[];
  toNode(): Node;
}

// KaTeX sets styles through the DOM, which the page's policy allows, but for a few in its MathML twin (which is there for
// screen readers and not seen): those are attributes, and left out.
function dropStyleAttributes(tree: DomTree): void {
  if (tree.attributes) delete tree.attributes.style;
  tree.children?.forEach(dropStyleAttributes);
}

// Replaces the text of each holder by its formula. TeX that KaTeX refuses stays as it was written.
export function renderFormulas(root: DocumentFragment): void {
  for (const span of root.querySelectorAll('span.formula')) {
    const tex = span.textContent ?? '';
    const displayMode = span.classList.contains('formula-display');
    try {
      const options = {displayMode, trust: false, throwOnError: true, strict: 'ignore', maxSize: 20, maxExpand: 200};
      const tree = (katex as unknown as {__renderToDomTree(tex: string, options: object): DomTree}).__renderToDomTree(
        tex,
        options,
      );
      dropStyleAttributes(tree);
      span.replaceChildren(tree.toNode());
      if (displayMode) (span as HTMLElement).tabIndex = 0;
    } catch {
      const code = document.createElement('code');
      code.textContent = tex;
      span.replaceChildren(code);
    }
  }
}
