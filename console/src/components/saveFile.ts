/** Hands text to the browser as a file to keep. */
export function saveFile(parts: string[], name: string, type = 'text/plain') {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  follow(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Has the browser load an address into a file, beside the page. */
export function follow(url: string, name: string) {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
