// Code as it is read: a file's lines with numbers and colours.

export { highlight } from './highlight';
export { languageOf } from './languages';
export { rangeOf, textOf, type LineRange } from './lines';
export { SourceView, type Gutter } from './SourceView';
