export { RenamePage as default } from './RemovePages';
