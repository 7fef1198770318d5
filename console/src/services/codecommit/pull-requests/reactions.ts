// The reactions that CodeCommit knows:
// https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-commit-comment.html#emoji-reaction-table

export const REACTIONS: { emoji: string; shortCode: string }[] = [
  { emoji: '👍', shortCode: 'thumbsup' },
  { emoji: '👎', shortCode: 'thumbsdown' },
  { emoji: '😄', shortCode: 'smile' },
  { emoji: '❤️', shortCode: 'heart' },
  { emoji: '😠', shortCode: 'angry' },
  { emoji: '😕', shortCode: 'confused' },
  { emoji: '😱', shortCode: 'scream' },
  { emoji: '😭', shortCode: 'sob' },
  { emoji: '👏', shortCode: 'clap' },
  { emoji: '🎊', shortCode: 'confetti_ball' },
  { emoji: '🚢', shortCode: 'ship' },
  { emoji: '👀', shortCode: 'eyes' },
  { emoji: '❔', shortCode: 'grey_question' },
];

/** How a count names a reaction: by its short code in capitals. */
export const emojiOf = (word: string) => REACTIONS.find(({ shortCode }) => shortCode.toUpperCase() === word.toUpperCase())?.emoji ?? word;

export const spoken = (word: string) => word.toLowerCase().replace(/_/g, ' ');
