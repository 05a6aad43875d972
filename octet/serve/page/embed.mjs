// Writes the page's files as one C++ source of string literals: quick to compile, and no matter for any tool chain.
import {gzipSync} from 'node:zlib';

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
};

export function contentType(name) {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (!type) throw new Error(`no content type is known for ${name}`);
  return type;
}

// Bytes as string literals of moderate length. Octal escapes have three digits always, so that none can run on into
// the next character; '?' is escaped because of trigraphs.
function literal(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 4096) {
    let line = '';
    for (const byte of bytes.subarray(at, at + 4096)) {
      const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 63 && byte !== 92;
      line += plain ? String.fromCharCode(byte) : '\\' + byte.toString(8).padStart(3, '0');
    }
    lines.push(`    "${line}"`);
  }
  return lines.length ? lines.join('\n') : '    ""';
}

// files: [{path, body: Buffer}]; returns the text of the source.
export function embed(files) {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const constants = [];
  const rows = [];
  sorted.forEach(({path, body}, index) => {
    const packed = gzipSync(body, {level: 9});
    const gzip = packed.length < body.length * 0.9 ? packed : Buffer.alloc(0);
    constants.push(`constexpr char kBody${index}[] =\n${literal(body)};`);
    constants.push(`constexpr char kGzip${index}[] =\n${literal(gzip)};`);
    const type = contentType(path === '/' ? 'index.html' : path);
    rows.push(`    {"${path}", "${type}", {kBody${index}, ${body.length}}, {kGzip${index}, ${gzip.length}}},`);
  });
  const table = rows.length
    ? `constexpr PageFile kFiles[] = {\n${rows.join('\n')}\n};\n`
    : 'constexpr std::span<const PageFile> kFiles;\n';
  return `// Made by octet/serve/page/build.mjs.
#include "octet/serve/page.h"

namespace octet::serve {
namespace {

${constants.join('\n')}
${table}
}  // namespace

std::span<const PageFile> page_files() { return kFiles; }

}  // namespace octet::serve
`;
}
