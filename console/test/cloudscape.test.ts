import { expect, test } from 'vitest';
import { trimmed, withoutFallbacks } from '../vite/cloudscape';

test('a value of the theme needs nothing that stands in for it', () => {
  const isTheme = (name: string) => name.startsWith('--color');
  expect(withoutFallbacks('a{color:var(--color-a, rgb(1, calc(2))) !important;width:var(--own, 1px)}', isTheme)).toBe('a{color:var(--color-a) !important;width:var(--own, 1px)}');
  expect(withoutFallbacks('a{color:var(--own, var(--color-a, red))}', isTheme)).toBe('a{color:var(--own, var(--color-a))}');
  expect(withoutFallbacks('a{border:1px solid var(--color-a, var(--color-b, red)) var(--color-c)}', isTheme)).toBe('a{border:1px solid var(--color-a) var(--color-c)}');
});

test('of the theme what is used is left, in each place', () => {
  const theme = `/* Copyright */
@layer base {
  body {
    --color-a:#fff;
    --color-b:rgb(1, 2, 3);
  }
  @media not print {
    .dark:not(#\\9) {
      --color-a:#000;
    }
  }
  @media not print {
    .awsui-context-content-header .dark {
      --color-a:#111;
    }
  }
  .awsui-context-flashbar {
    --color-b:red;
  }
}`;
  expect(trimmed(theme, (name) => name === '--color-a').trim()).toBe('@layer base{body{--color-a:#fff}@media not print{.dark:not(#\\9){--color-a:#000}}}');
});
