export { DeletePage as default } from './RemovePages';
