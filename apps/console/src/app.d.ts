declare global {
  namespace App {
    interface Locals {
      /** The signed-in person; absent only on the few public routes. */
      user?: { id: string; email: string; name: string }
      session?: { id: string; expiresAt: Date }
      theme: 'dark' | 'light' | 'system'
    }
    interface PageData {
      user?: { id: string; email: string; name: string }
    }
  }
}

export {}
