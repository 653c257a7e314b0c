import CMemory
import Glibc

/// Where the code and constants of the program and of the libraries it was linked with are in memory.
///
/// These are pages of files that nobody writes, and the loader never unmaps them while the process runs: they can be
/// dropped at any time, and are read again when they are used. Libraries that are loaded later are left out, because
/// another thread may unload them and map something else in their place.
enum ProgramCode {
    /// The addresses of whole pages; to be called before there is a second thread and before anything is loaded by hand.
    static func find() -> [Range<UInt>] {
        var found: [Range<UInt>] = []
        withUnsafeMutablePointer(to: &found) { found in
            _ = dl_iterate_phdr(
                { info, _, data in
                    guard let info, let data else { return 0 }
                    let found = data.assumingMemoryBound(to: [Range<UInt>].self)
                    found.pointee += ProgramCode.unwrittenPages(of: info.pointee)
                    return 0
                }, found)
        }
        return found
    }

    private static func unwrittenPages(of object: dl_phdr_info) -> [Range<UInt>] {
        let headers = Array(UnsafeBufferPointer(start: object.dlpi_phdr, count: Int(object.dlpi_phnum)))
        let base = UInt(object.dlpi_addr)
        // The kernel's own object is not a file.
        guard base != getauxval(UInt(AT_SYSINFO_EHDR)), !headers.contains(where: { isRelocated($0, base) }) else {
            return []
        }
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        return headers.compactMap { header in
            guard header.p_type == UInt32(PT_LOAD), header.p_flags & UInt32(PF_W) == 0 else { return nil }
            // Whole pages only: the ends may be shared with what is mapped beside them.
            let start = (base &+ UInt(header.p_vaddr) &+ page - 1) / page * page
            let end = (base &+ UInt(header.p_vaddr) &+ UInt(header.p_memsz)) / page * page
            return start < end ? start..<end : nil
        }
    }

    /// Whether the loader wrote into code to relocate it: those pages differ from the file.
    private static func isRelocated(_ header: Elf64_Phdr, _ base: UInt) -> Bool {
        guard header.p_type == UInt32(PT_DYNAMIC),
            var entry = UnsafePointer<Elf64_Dyn>(bitPattern: base &+ UInt(header.p_vaddr))
        else { return false }
        while entry.pointee.d_tag != DT_NULL {
            if entry.pointee.d_tag == DT_TEXTREL { return true }
            if entry.pointee.d_tag == DT_FLAGS, entry.pointee.d_un.d_val & UInt64(DF_TEXTREL) != 0 { return true }
            entry += 1
        }
        return false
    }
}
