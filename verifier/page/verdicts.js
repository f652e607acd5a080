// Several answers at once: two codes of one card, or several cards in one picture.

/** From the outcome that decides to the one that decides last. */
const WORST_FIRST = ["not_valid", "cannot_tell", "valid_stale", "valid"];

/** The worst; of two alike, the one with a face. Another code beside a card, on a poster or a book, decides nothing. */
export function deciding(answers) {
  const cards = byCard(answers);
  const told = cards.filter((answer) => answer.reason !== "not_a_card");
  return (told.length ? told : cards).reduce((worst, answer) => (rank(answer) < rank(worst) ? answer : worst));
}

/** One answer a card: its two codes, matched by the card's number, as one. */
export function byCard(answers) {
  const cards = new Map();
  for (const [place, answer] of answers.entries()) {
    const card = answer.screen.card ?? place;
    cards.set(card, cards.has(card) ? joined(cards.get(card), answer) : answer);
  }
  return [...cards.values()];
}

/** The worse of the two; what the better one shows of the holder is added only where both are as good. */
function joined(a, b) {
  const [worse, other] = rank(b) < rank(a) ? [b, a] : [a, b];
  if (worse.outcome !== other.outcome) return worse;
  const more = other.screen.rows.filter(({ field }) => worse.screen.rows.every((row) => row.field !== field));
  return {
    ...worse,
    claims: worse.claims && { ...other.claims, ...worse.claims },
    screen: { ...worse.screen, rows: [...worse.screen.rows, ...more] },
  };
}

const rank = (answer) => WORST_FIRST.indexOf(answer.outcome) * 2 + (answer.claims?.face ? 0 : 1);
