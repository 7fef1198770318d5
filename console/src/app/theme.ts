// Light or dark: as the system is, until somebody chooses. The choice is no secret: local storage.

import { applyMode, Mode } from '@cloudscape-design/global-styles';

const KEY = 'codeyard-mode';
const dark = matchMedia('(prefers-color-scheme: dark)');

const chosen = () => localStorage.getItem(KEY);
const isDark = () => (chosen() ? chosen() === 'dark' : dark.matches);

export function startTheme() {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  dark.addEventListener('change', () => applyMode(isDark() ? Mode.Dark : Mode.Light));
}

export function toggleTheme() {
  localStorage.setItem(KEY, isDark() ? 'light' : 'dark');
  applyMode(isDark() ? Mode.Dark : Mode.Light);
}
