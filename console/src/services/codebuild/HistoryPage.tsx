import { BuildHistory } from './History';

export default function HistoryPage() {
  return <BuildHistory level="h1" />;
}
