// Seeds and the latents they stand for, as ohlora/generation/seeds.py draws them: the Mersenne Twister (MT19937, Matsumoto and
// Nishimura 1998) and Marsaglia's polar method, so that a seed shows the same face here as in Python.

const LENGTH = 624, MIDDLE = 397;
const MULTIPLIER = 1812433253, TWIST = 0x9908b0df, UPPER = 0x80000000, LOWER = 0x7fffffff;

/** Whole numbers of 32 bits, evenly spread, of a seed from 0 to 2**32 - 1. */
class MersenneTwister {
  constructor(seed) {
    this.state = new Uint32Array(LENGTH);
    this.state[0] = seed;
    for (let index = 1; index < LENGTH; index++) {
      const before = this.state[index - 1];
      this.state[index] = Math.imul(MULTIPLIER, before ^ (before >>> 30)) + index;
    }
    this.position = LENGTH;
  }

  twist() {
    const state = this.state;
    for (let index = 0; index < LENGTH; index++) {
      const joined = (state[index] & UPPER) | (state[(index + 1) % LENGTH] & LOWER);
      state[index] = state[(index + MIDDLE) % LENGTH] ^ (joined >>> 1) ^ (joined & 1 ? TWIST : 0);
    }
    this.position = 0;
  }

  whole() {
    if (this.position === LENGTH) this.twist();
    let number = this.state[this.position++];
    number ^= number >>> 11;
    number ^= (number << 7) & 0x9d2c5680;
    number ^= (number << 15) & 0xefc60000;
    return (number ^ (number >>> 18)) >>> 0;
  }

  /** A number from 0 up to 1, of 53 bits. */
  share() {
    const high = this.whole() >>> 5, low = this.whole() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
}

/** The z of a seed: normally distributed, `length` of them, as numpy's RandomState(seed).randn draws them. */
export function latent(seed, length) {
  const random = new MersenneTwister(seed), z = new Float32Array(length);
  for (let index = 0; index < length; index += 2) {
    let first, second, square;
    do {
      first = 2 * random.share() - 1;
      second = 2 * random.share() - 1;
      square = first * first + second * second;
    } while (square >= 1 || square === 0);
    const stretch = Math.sqrt((-2 * Math.log(square)) / square);
    z[index] = stretch * second;
    if (index + 1 < length) z[index + 1] = stretch * first;
  }
  return z;
}
