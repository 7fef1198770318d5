export { AddPage as default } from './EditPage';
