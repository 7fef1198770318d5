import unittest

import app


class PageTest(unittest.TestCase):
    def test_it_tells_the_commit(self):
        self.assertIn("<code>abc123</code>", app.page({"commit": "abc123"}, "host-1"))

    def test_it_escapes_what_it_is_told(self):
        self.assertNotIn("<script>", app.page({"commit": "<script>"}, "host-1"))


if __name__ == "__main__":
    unittest.main()
