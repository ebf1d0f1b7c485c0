"""Nobody passes who may not, nobody is somebody else, and no secret leaves."""
