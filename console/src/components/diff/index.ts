// How files differ: `Changes` shows all files of a comparison, `FileDiff` one of them.

export { Changes, type Sides } from './Changes';
export type { Highlight, Span } from './Code';
export { contentOf, imageUrl, sizeText, type FileContent } from './content';
export { FileDiff, type Slots } from './FileDiff';
export { changedFiles, nameOf, withRenames, type ChangedFile, type Difference, type FileVersion } from './files';
export { diffLines, linesOf, type Block } from './lineDiff';
export type { LineRef, Side, View } from './rows';
export { diffWords } from './words';
