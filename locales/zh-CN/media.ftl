# 视频、音频和播放器。
media-play = 播放：{ $title }
media-video-on = { $site } 上的视频。按下播放后才会联系 { $host }。
media-audio-on = { $site } 上的音频。按下播放后才会联系 { $host }。
media-open-there = 在那里打开
media-listen = 播放
media-go-on = 继续播放
media-download = 下载
media-player = 播放器
media-open = 显示完整播放器
media-back = 后退 15 秒
media-on = 前进 30 秒
media-place = 播放位置
media-speed = 速度
media-close = 关闭播放器
media-chapters-advice = 发布者提供了章节，但无法读取。没有章节也可以播放。
# What the scripts say of them.
js-play = 播放
js-pause = 暂停
js-go-on = 继续播放
js-played-left = 剩余 {"{n}"} 分钟
js-cannot-play = 无法播放此文件。发布者可能已将其移走。
js-fetching-chapters = 正在向发布者获取章节…
js-no-chapters = 无法获取章节
js-chapter = 第 {"{n}"} 章
js-aloud = 朗读
js-aloud-stop = 停止朗读
js-no-voice = 此设备没有该语言的本地语音
