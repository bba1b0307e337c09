// Written by `tell/page_pack.py`; `tests/tell/test_page_pack.py` checks that it still writes the same.
export const PACKED = "eJzLZWBgqFZSSSwqSqwsVrKKjjbRMdSJNo3VMYjViTbUMdIBChjF6hgZxMbqKKUkliQqWVUr5SXmpipZKXkn5mWXFh3tVbDRL04uyiwosVPSUcpJLUvNASlSUbIyqNVRKilKTM6G8g1ra2u5WBhSLYCWMqkygEgGMDghchvEAQDiryPl";
