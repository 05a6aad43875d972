// The page as it is built and embedded.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, '../../octet/serve/page');

test('the lock files name no host', () => {
  for (const file of [path.join(source, 'package-lock.json'), path.join(here, 'package-lock.json')]) {
    assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /"resolved"|registry/, file);
  }
});

test('the sources keep their types', () => {
  const config = path.join(process.env.PAGE_MODULES, '.tsconfig.json');
  const {compilerOptions} = JSON.parse(fs.readFileSync(path.join(source, 'tsconfig.json'), 'utf8'));
  const paths = {'*': [path.join(process.env.PAGE_MODULES, '*')]};
  fs.writeFileSync(
    config,
    JSON.stringify({compilerOptions: {...compilerOptions, paths}, include: [path.join(source, 'src')]}),
  );
  const run = spawnSync(
    process.execPath,
    [path.join(process.env.BROWSER_MODULES, 'typescript/bin/tsc'), '-p', config],
    {encoding: 'utf8'},
  );
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

test('where the libraries cannot be installed, octet is built without the page, and told so', () => {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'octet-page-'));
  try {
    const run = spawnSync(process.execPath, [path.join(source, 'build.mjs'), '--out', out, '--npm', 'false'], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 0);
    assert.match(run.stderr, /^octet: built without the page, .*\n$/);
    assert.match(fs.readFileSync(path.join(out, 'page_files.cpp'), 'utf8'), /span<const PageFile> kFiles;/);
    const must = spawnSync(
      process.execPath,
      [path.join(source, 'build.mjs'), '--out', out, '--npm', 'false', '--required', 'ON'],
      {encoding: 'utf8'},
    );
    assert.equal(must.status, 1);
  } finally {
    fs.rmSync(out, {recursive: true});
  }
});

test('the embedded files are the files, compressed ones too', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'octet-page-'));
  const program = path.join(folder, 'dump');
  const main = path.join(folder, 'main.cpp');
  fs.writeFileSync(
    main,
    `#include <cstdio>
#include "octet/serve/page.h"
int main(int argc, char** argv) {
  for (const auto& file : octet::serve::page_files()) {
    if (argc == 1) std::printf("%.*s %zu %zu\\n", int(file.path.size()), file.path.data(), file.body.size(), file.gzip.size());
    else if (file.path == argv[1]) std::fwrite(argv[2][0] == 'g' ? file.gzip.data() : file.body.data(), 1, argv[2][0] == 'g' ? file.gzip.size() : file.body.size(), stdout);
  }
}
`,
  );
  try {
    const generated = path.resolve(process.env.PAGE_FILES, '../page_files.cpp');
    execFileSync('c++', [
      '-std=c++20',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-I',
      path.resolve(source, '../../..'),
      generated,
      main,
      '-o',
      program,
    ]);
    const rows = execFileSync(program, {encoding: 'utf8'})
      .trim()
      .split('\n')
      .map((row) => row.split(' '));
    const wanted = [
      '/',
      ...fs.readdirSync(path.join(process.env.PAGE_FILES, 'page')).map((name) => `/page/${name}`),
    ].sort();
    assert.deepEqual(
      rows.map(([name]) => name),
      wanted,
    );
    const big = {maxBuffer: 1 << 24};
    for (const [name, , gzip] of rows) {
      const file = fs.readFileSync(path.join(process.env.PAGE_FILES, name === '/' ? 'index.html' : name));
      assert.ok(file.equals(execFileSync(program, [name, 'body'], big)), name);
      if (gzip !== '0')
        assert.ok(
          file.equals(execFileSync('gzip', ['-dc'], {...big, input: execFileSync(program, [name, 'gzip'], big)})),
          name,
        );
    }
  } finally {
    fs.rmSync(folder, {recursive: true});
  }
});
