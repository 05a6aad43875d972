// Builds the page: node build.mjs --out DIR [--npm NPM] [--required ON]
//
// 1. installs the libraries that package-lock.json names into DIR/node_modules, unless that was done for this lock file
// 2. bundles src/ and style/ with esbuild, under names that carry a hash of the content
// 3. writes DIR/files/ (the files as they are served, for the browser tests) and DIR/page_files.cpp (for octet)
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {embed} from './embed.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const {values: flags} = parseArgs({
  options: {out: {type: 'string'}, npm: {type: 'string', default: 'npm'}, required: {type: 'string', default: 'AUTO'}},
});

function install(out) {
  const lock = fs.readFileSync(path.join(here, 'package-lock.json'), 'utf8');
  const stamp = path.join(out, 'installed-lock.json');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === lock) return;
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    fs.copyFileSync(path.join(here, name), path.join(out, name));
  }
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  execFileSync(flags.npm, ['ci', ...quiet], {cwd: out, stdio: ['ignore', 'ignore', 'pipe']});
  fs.writeFileSync(stamp, lock);
}

// KaTeX names each font in three formats; every browser that can show the page reads the first.
const woff2Only = {
  name: 'woff2-only',
  setup(build) {
    build.onLoad({filter: /katex(\.min)?\.css$/}, ({path: file}) => ({
      contents: fs.readFileSync(file, 'utf8').replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\([^)]*\)/g, ''),
      loader: 'css',
      resolveDir: path.dirname(file),
    }));
  },
};

async function bundle(modules) {
  const esbuild = createRequire(path.join(modules, 'x.js'))('esbuild');
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: {app: 'src/main.ts', theme: 'src/theme_first.ts', style: 'style/page.css'},
    outdir: '/page',
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/page',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2021', 'chrome111', 'firefox113', 'safari16.4'],
    loader: {'.woff2': 'file'},
    nodePaths: [modules],
    plugins: [woff2Only],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return result.outputFiles.map((file) => ({
    path: '/page/' + path.basename(file.path),
    body: Buffer.from(file.contents),
  }));
}

function hashed(name, extension, body) {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 8).toUpperCase();
  return {path: `/page/${name}-${hash}.${extension}`, body};
}

// What the bundled libraries ask for in return: their licences go with them.
function licences(modules) {
  const names = Object.keys(JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies);
  const texts = names.map((name) => {
    const folder = path.join(modules, name);
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e(\.md|\.txt)?$/i.test(entry));
    return `${name}\n\n${file ? fs.readFileSync(path.join(folder, file), 'utf8').trim() : ''}\n`;
  });
  return Buffer.from(texts.join(`\n${'-'.repeat(80)}\n\n`));
}

function pageOf(files, modules) {
  const all = [
    ...files,
    hashed('icon', 'svg', fs.readFileSync(path.join(here, 'style/icon.svg'))),
    hashed('licences', 'txt', licences(modules)),
  ];
  const address = (start, end) => {
    const found = all.find((file) => file.path.startsWith(`/page/${start}-`) && file.path.endsWith(end));
    if (!found) throw new Error(`the bundle has no ${start}*${end}`);
    return found.path;
  };
  const html = fs
    .readFileSync(path.join(here, 'index.html'), 'utf8')
    .replace(/\{\{([\w-]+)(\.\w+)\}\}/g, (_, start, end) => address(start, end));
  return [{path: '/', body: Buffer.from(html)}, ...all];
}

function write(out, files) {
  const folder = path.join(out, 'files');
  fs.rmSync(folder, {recursive: true, force: true});
  fs.mkdirSync(path.join(folder, 'page'), {recursive: true});
  for (const {path: name, body} of files) fs.writeFileSync(path.join(folder, name === '/' ? 'index.html' : name), body);
  fs.writeFileSync(path.join(out, 'page_files.cpp'), embed(files));
}

const out = path.resolve(flags.out ?? 'build/page');
fs.mkdirSync(out, {recursive: true});
try {
  install(out);
} catch (failure) {
  const why = String(failure.stderr ?? failure.message)
    .trim()
    .split('\n')[0];
  if (flags.required === 'ON') {
    console.error(`octet: npm could not install the page's libraries: ${why}`);
    process.exit(1);
  }
  console.error(
    `octet: built without the page, since npm could not install its libraries (${why}). ` +
      'To try again: touch octet/serve/page/package-lock.json, and build.',
  );
  write(out, []);
  process.exit(0);
}
const modules = path.join(out, 'node_modules');
write(out, pageOf(await bundle(modules), modules));
