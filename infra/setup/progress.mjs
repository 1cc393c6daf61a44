const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const TITLE_WIDTH = 16

/** Shows steps, one line each: a spinner with the elapsed time on a terminal, else the start and the end of one plain line. */
export class Progress {
  constructor(out = process.stdout) {
    this.out = out
    this.isTerminal = Boolean(out.isTTY)
    this.timer = undefined
    this.shown = 0
  }

  /** Opens a step's line. */
  start(title, text) {
    this.title = title.padEnd(TITLE_WIDTH)
    this.text = text
    this.startedAt = Date.now()
    this.shown++
    if (!this.isTerminal) {
      this.out.write(`  ${this.title} ${text} ... `)
      return
    }
    let frame = 0
    const draw = () => {
      const line = `${FRAMES[frame++ % FRAMES.length]} ${this.title} ${this.text} (${this.elapsed()})`
      this.out.write(`\r\x1b[2K${line.slice(0, (this.out.columns || 80) - 1)}`)
    }
    draw()
    this.timer = setInterval(draw, FRAME_MS)
  }

  /** Changes what the open line says; seen on a terminal only. */
  update(text) {
    this.text = text
  }

  /** Closes the open line. */
  end(mark, text) {
    if (this.timer) clearInterval(this.timer)
    this.timer = undefined
    if (this.isTerminal) this.out.write(`\r\x1b[2K${mark} ${this.title} ${text} (${this.elapsed()})\n`)
    else this.out.write(`${text} (${this.elapsed()})\n`)
  }

  elapsed() {
    return `${((Date.now() - this.startedAt) / 1000).toFixed(1)} s`
  }
}
