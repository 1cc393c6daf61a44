{
  "target_defaults": {"cflags_cc": ["-std=c++17", "-O2", "-Wall", "-Wextra"]},
  "targets": [
    {"target_name": "ring", "sources": ["ring.cc"]},
    {"target_name": "process", "sources": ["process.cc"]},
    {"target_name": "links", "sources": ["links.cc"]},
    {"target_name": "filter", "sources": ["filter.cc"]},
  ]
}
