{
  "targets": [
    {
      "target_name": "ring",
      "sources": ["ring.cc"],
      "cflags_cc": ["-std=c++17", "-O2", "-Wall", "-Wextra"],
    }
  ]
}
