// Puts the page together.
import {App} from './app';
import {Panel} from './experts/panel';
import {notice} from './view/announce';
import {bindComposer} from './view/composer';
import {byId} from './view/dom';
import {bindDrawers} from './view/drawers';
import {icon, type IconName} from './view/icons';
import {bindSettings} from './view/settings_dialog';
import {bindSidebar} from './view/sidebar';
import {bindTheme} from './view/theme';
import {Thread} from './view/thread';
import {parameters} from './numbers/format';

function drawIcons(): void {
  for (const node of document.querySelectorAll<HTMLElement>('[data-icon]'))
    node.prepend(icon(node.dataset.icon as IconName));
}

function bindHead(app: App): void {
  const update = () => {
    byId('title').textContent = app.current.title || 'New conversation';
    document.title = app.current.title ? `${app.current.title} · octet` : 'octet';
  };
  app.signals.on('list', update);
  app.signals.on('model', () => {
    const {model} = app;
    byId('model-name').textContent = model?.name ?? (app.locked ? 'the server is locked' : 'no model');
    byId('model-facts').textContent = app.locked
      ? 'it wants an API key'
      : model
        ? `${parameters(model.active_parameters)} of ${parameters(model.parameters)} active`
        : 'the server says nothing';
  });
  update();
}

interface Keys {
  newConversation(): void;
  experts(): void;
  settings(): void;
  escape(): void;
}

function bindKeys(keys: Keys): void {
  const byCode: Record<string, () => void> = {KeyN: keys.newConversation, KeyE: keys.experts, KeyS: keys.settings};
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return; // dialogs have keys of their own
    if (event.key === 'Escape') keys.escape();
    else if (event.altKey && !event.ctrlKey && !event.metaKey && byCode[event.code]) {
      event.preventDefault();
      byCode[event.code]();
    }
  });
}

async function start(): Promise<void> {
  drawIcons();
  const app = await App.start();
  const panel = new Panel(app, byId('panel-body'));
  const drawers = bindDrawers(app, () => panel.shown());
  const composer = bindComposer(app, () => thread.toEnd());
  const thread = new Thread(app, {
    openExperts: (message) => {
      panel.select(message);
      drawers.openPanel();
    },
    suggest: (text) => composer.fill(text),
  });
  const settings = bindSettings(app);
  const opened = () => {
    drawers.closeOver();
    thread.toEnd();
    composer.focus();
  };
  bindSidebar(app, opened);
  bindTheme(app, byId<HTMLButtonElement>('theme'));
  bindHead(app);
  byId('open-settings').addEventListener('click', () => settings.open());
  bindKeys({
    newConversation: () => {
      app.startNew();
      opened();
    },
    experts: () => drawers.togglePanel(),
    settings: () => settings.open(),
    escape: () => void (app.stop() || drawers.closeOver()),
  });
  window.addEventListener('pagehide', () => app.leave());
  document.addEventListener('visibilitychange', () => app.saveNow()); // phones end hidden pages without a word
  app.signals.on('notice', notice);
  app.signals.on('key', (why) => {
    if (why !== null) return settings.askForKey(why);
    settings.keyTaken();
    if (!document.querySelector('dialog[open]')) composer.focus();
  });
  if (!app.lasting) notice('This browser keeps nothing here: conversations last as long as this tab.');
  document.body.classList.remove('loading');
  await app.loadModel();
  if (!document.querySelector('dialog[open]')) composer.focus();
}

void start();
