export { HistoryPage as default } from './CommitsPage';
