import Modal from '@cloudscape-design/components/modal';
import { Explanation } from './Explanation';

export default function ExplainModal({ encoded, onClose }: { encoded: string; onClose: () => void }) {
  return (
    <Modal visible size="large" header="Why this was refused" closeAriaLabel="Close" onDismiss={onClose}>
      <Explanation encoded={encoded} />
    </Modal>
  );
}
