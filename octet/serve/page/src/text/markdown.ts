// Markdown of a model's output as DOM that cannot run anything.
//
// Three fences, each enough alone: raw HTML is escaped before it is parsed and pictures become links; what marked made
// passes DOMPurify, which knows a short list of tags and three schemes of addresses; and the server's
// Content-Security-Policy runs no inline script and loads nothing from elsewhere.
import DOMPurify from 'dompurify';
import {Marked, type Token} from 'marked';
import {copyButton} from '../view/copy';
import {h} from '../view/dom';
import {escapeHtml} from './escape';
import {formulaExtensions, renderFormulas} from './formulas';
import {highlight} from './highlight';

const ADDRESS = /^(?:https?:\/\/|mailto:)/i;
const TAGS = [
  'p',
  'br',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'strong',
  'em',
  'del',
  'a',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'span',
];
const ATTRIBUTES = ['href', 'title', 'class', 'start', 'align'];

function link(href: string, title: string | null | undefined, inner: string): string {
  if (!ADDRESS.test(href)) return inner;
  return `<a href="${escapeHtml(href)}"${title ? ` title="${escapeHtml(title)}"` : ''}>${inner}</a>`;
}

const marked = new Marked({
  gfm: true,
  breaks: true, // models mean their line breaks
  extensions: formulaExtensions,
  renderer: {
    html: ({text}) => escapeHtml(text),
    code: ({text, lang}) => {
      const language = /^[\w+#-]*/.exec(lang ?? '')![0].toLowerCase();
      return `<pre><code class="language-${escapeHtml(language)}">${highlight(text, language)}</code></pre>`;
    },
    link(token) {
      return link(token.href, token.title, this.parser.parseInline(token.tokens));
    },
    image: ({href, title, text}) => link(href, title, escapeHtml(text || href)),
    checkbox: ({checked}) => (checked ? '☑ ' : '☐ '),
    // The answer stands under the page's own headings.
    heading({tokens, depth}) {
      const level = Math.min(6, depth + 2);
      return `<h${level} class="depth-${depth}">${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
});

export function lex(text: string): Token[] {
  return marked.lexer(text);
}

function dress(fragment: DocumentFragment): void {
  for (const anchor of fragment.querySelectorAll('a')) {
    anchor.target = '_blank';
    anchor.rel = 'noopener noreferrer nofollow';
  }
  for (const table of fragment.querySelectorAll('table')) scrollable(table, 'table-scroll', 'Table');
  for (const pre of fragment.querySelectorAll('pre')) {
    const language = /^language-(.+)$/.exec(pre.firstElementChild?.className ?? '')?.[1] ?? '';
    pre.tabIndex = 0;
    pre.setAttribute('role', 'group');
    pre.setAttribute('aria-label', language ? `Code, ${language}` : 'Code');
    const box = h('div', {class: 'code'});
    pre.replaceWith(box);
    box.append(
      h(
        'div',
        {class: 'code-head'},
        h('span', {}, language || 'text'),
        copyButton('Copy the code', () => pre.textContent ?? ''),
      ),
      pre,
    );
  }
}

// What is wider than the column scrolls by itself, by keyboard too.
function scrollable(element: Element, className: string, label: string): void {
  const box = h('div', {class: className, tabindex: '0', role: 'group', 'aria-label': label});
  element.replaceWith(box);
  box.append(element);
}

// One top-level block of what lex() returned.
export function renderBlock(token: Token): DocumentFragment {
  const html = marked.parser([token]);
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: ADDRESS,
    ADD_URI_SAFE_ATTR: ['align', 'start'],
    RETURN_DOM_FRAGMENT: true,
  });
  dress(fragment);
  renderFormulas(fragment);
  return fragment;
}
