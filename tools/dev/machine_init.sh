#!/bin/busybox sh
# The first process of the virtual machine of `./dev machine`: loads what /modules lists, puts a
# writable layer over the host's files, and runs /command there.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read -r module; do $b insmod "/m/$module" || echo "machine: no module $module"; done </modules
share="trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000"
$b mount -t 9p -o "$share" host /lower || echo "machine: the host's files cannot be mounted"
$b mount -t tmpfs -o size=60% layer /upper
$b mkdir /upper/files /upper/work
new=/new
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work root $new
$b mount -t proc proc $new/proc
$b mount -t sysfs sys $new/sys
$b mount -t cgroup2 cgroup $new/sys/fs/cgroup
$b mount -t securityfs security $new/sys/kernel/security
$b mount --move /dev $new/dev
$b mkdir -p $new/dev/pts $new/dev/shm $new/lib/modules $new/sbin
$b mount -t devpts devpts $new/dev/pts
# Layers of containers need a file system that is no overlay itself.
for place in dev/shm run tmp; do $b mount -t tmpfs tmpfs $new/$place; done
$b mount -t 9p -o "$share" kernel $new/lib/modules
# The repository may be in one of those places.
read -r repository </repository
$b mkdir -p "$new$repository"
$b mount -t 9p -o "$share" wherry "$new$repository"
$b ln -sf /bin/busybox $new/sbin/modprobe
$b cp /command $new/run/command
$b hostname machine
$b ip link set lo up
echo 1 >$new/proc/sys/kernel/printk
$b umount /proc
exec $b switch_root $new /bin/bash /run/command
