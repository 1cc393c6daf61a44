import type { Finding } from '@picket/proto'
import type { DetectionWindow } from './detection-window.ts'

export interface FindingContent {
  kind: string
  entity: string
  target: string
  score: number
  summary: string
  evidence: Record<string, number>
  techniqueId: string
}

/** A finding of a window that crossed its threshold. Its id is the same however often the window is looked at. */
export function toFinding(window: DetectionWindow, content: FindingContent): Finding {
  return {
    ...content,
    id: `${content.kind}|${window.key}|${window.bucket}`,
    timeUs: window.lastUs,
    startUs: window.firstUs,
    interface: window.interface,
    evidence: { ...content.evidence, duration_s: durationSeconds(window) },
    communityIds: [...window.communityIds],
  }
}

/** 0.5 at the threshold, 1 from sixteen times the threshold on. */
export function scoreOf(count: number, threshold: number): number {
  return Math.min(1, 0.5 + Math.log2(Math.max(1, count / threshold)) / 8)
}

/** With milliseconds, as evidence. */
export function durationSeconds({ firstUs, lastUs }: DetectionWindow): number {
  return Math.max(0, Math.round((lastUs - firstUs) / 1000) / 1000)
}

/** For a sentence: "40 ms", "3.2 s", "2 min". */
export function formatDuration(window: DetectionWindow): string {
  const seconds = durationSeconds(window)
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  return seconds < 120 ? `${Math.round(seconds * 10) / 10} s` : `${Math.round(seconds / 60)} min`
}
