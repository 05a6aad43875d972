// The side bar and the experts panel: beside the chat where there is room, over it where there is not.
import type {App} from '../app';
import {byId} from './dom';

const NARROW = matchMedia('(max-width: 760px)'); // the side bar lies over the chat
const MIDDLE = matchMedia('(max-width: 1120px)'); // the panel does

export interface Drawers {
  openPanel(): void;
  togglePanel(): void;
  closeOver(): boolean; // what lies over the chat; false if nothing did
}

export function bindDrawers(app: App, panelShown: () => void): Drawers {
  const body = document.body;
  const sidebar = byId('sidebar');
  const panel = byId('panel');
  const toggles = {menu: byId('menu'), experts: byId('toggle-panel')};
  let menu = false;
  let over = false; // the panel, where it lies over

  const panelOpen = () => (MIDDLE.matches ? over : app.settings.panel);
  const update = () => {
    const covering = (NARROW.matches && menu) || (MIDDLE.matches && over);
    body.classList.toggle('menu-open', menu);
    body.classList.toggle('panel-open', panelOpen());
    byId('scrim').hidden = !covering;
    byId('main').inert = covering;
    sidebar.inert = NARROW.matches ? !menu : MIDDLE.matches && over;
    panel.inert = !panelOpen();
    toggles.menu.setAttribute('aria-expanded', String(menu));
    toggles.experts.setAttribute('aria-expanded', String(panelOpen()));
  };
  const setPanel = (open: boolean) => {
    const before = panelOpen();
    if (MIDDLE.matches) over = open;
    else app.change({panel: open});
    update();
    if (open) panelShown();
    if (open && MIDDLE.matches) byId('panel-close').focus();
    if (!open && before) toggles.experts.focus();
  };
  const setMenu = (open: boolean) => {
    menu = open;
    update();
    (open ? byId('new') : toggles.menu).focus();
  };

  toggles.menu.addEventListener('click', () => setMenu(true));
  byId('menu-close').addEventListener('click', () => setMenu(false));
  toggles.experts.addEventListener('click', () => setPanel(!panelOpen()));
  byId('panel-close').addEventListener('click', () => setPanel(false));
  const closeOver = () => {
    if (NARROW.matches && menu) setMenu(false);
    else if (MIDDLE.matches && over) setPanel(false);
    else return false;
    return true;
  };
  byId('scrim').addEventListener('click', closeOver);
  for (const query of [NARROW, MIDDLE]) {
    query.addEventListener('change', () => {
      menu = false;
      over = false;
      update();
      if (panelOpen()) panelShown();
    });
  }
  update();
  return {openPanel: () => setPanel(true), togglePanel: () => setPanel(!panelOpen()), closeOver};
}
